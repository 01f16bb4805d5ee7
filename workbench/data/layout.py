"""How pictures lie in memory: channels last, as the networks take them, though their shape is channels first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.data.chunks import LARGE, heard_chunks
from workbench.data.spec import Array, Dataset


def with_channels_last(dataset: Dataset) -> Dataset:
    """Returns the data set with pictures of several channels laid out channels last, so that nobody copies them for it.

    Shapes stay (N, C, H, W).

    Args:
        dataset: its large arrays are taken over and changed.
    """
    pictures = {name for name, value in dataset.fields.items() if value.is_picture}
    splits = {
        split: {
            name: channels_last(array) if name in pictures and isinstance(array, np.ndarray) else array
            for name, array in arrays.items()
        }
        for split, arrays in dataset.splits.items()
    }
    return replace(dataset, splits=splits)


def channels_last(pictures: Array) -> Array:
    """Returns pictures (N, C, H, W) of the same values whose channels lie beside each other in memory.

    Args:
        pictures: taken over and changed where the array is large.
    """
    count, channels, height, width = pictures.shape
    if channels == 1 or not pictures.size or pictures.transpose(0, 2, 3, 1).flags.c_contiguous:
        return pictures
    if pictures.nbytes < LARGE or not pictures.flags.writeable or not pictures.flags.c_contiguous:
        return np.ascontiguousarray(pictures.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    before = pictures.reshape(count, channels, height * width)
    after = pictures.reshape(count, height * width, channels)  # the same bytes, seen as they will lie
    for some in heard_chunks(pictures):
        after[some] = before[some].transpose(0, 2, 1).copy()
    return after.reshape(count, height, width, channels).transpose(0, 3, 1, 2)

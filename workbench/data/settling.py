"""Puts samples on the disk that a source has read into memory without asking where they should lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.data.chunks import copied
from workbench.data.listening import BYTES, telling
from workbench.data.placing import SamplePlace
from workbench.data.spec import Dataset


def settled(dataset: Dataset, place: SamplePlace) -> Dataset:
    """Returns the data set with its large arrays where they should lie; those of sources that have asked lie there.

    Args:
        dataset: as a source gives it, with all its splits.
        place: the reading under way.
    """
    if place.way is not None:
        return dataset
    amount = sum(array.nbytes for arrays in dataset.splits.values() for array in arrays.values())
    if place.settle(amount) != "disk":
        return dataset
    tell, done = telling(amount, BYTES), 0
    splits: dict[str, dict[str, np.ndarray]] = {}
    for split, arrays in dataset.splits.items():
        splits[split] = {}
        for name, array in arrays.items():
            splits[split][name] = copied(array, np.arange(len(array)))
            done += array.nbytes
            tell(done)
    return replace(dataset, splits=splits)

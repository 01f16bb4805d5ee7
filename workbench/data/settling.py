"""Puts samples on the disk that a source has read into memory without asking where they should lie."""

from __future__ import annotations

from dataclasses import replace

from workbench.data.chunks import heard_chunks, room_like
from workbench.data.placing import SamplePlace
from workbench.data.spec import Array, Dataset


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
    splits: dict[str, dict[str, Array]] = {}
    for split, arrays in dataset.splits.items():
        splits[split] = {}
        for name, array in arrays.items():
            made = room_like(array, len(array))
            for some in heard_chunks(array):
                made[some] = array[some]
            splits[split][name] = made
    return replace(dataset, splits=splits)

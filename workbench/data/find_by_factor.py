"""Finds pictures of given factors among those of a data set, such as this object at that angle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.data.spec import FACTOR, Array, Dataset

FINENESS = 1e6  # places on a circle that are distinguished


def pictures_of(dataset: Dataset, wanted: Mapping[str, Array]) -> tuple[NDArray[np.int64], Array]:
    """Looks in every split for pictures whose factors all are as wanted.

    Args:
        dataset: with factors that are fields.
        wanted: values of the fields that make up the factors, (N, ...) each.

    Returns:
        Numbers of those of the N that there is a picture of, and these pictures. Of a data set with a factor that is
        no field nothing is found: who is seen there is not known.
    """
    image = dataset.image_field
    parts = [dataset.parts_of(factor) for factor in dataset.fields[FACTOR].classes]
    names = sorted({name for each in parts for name in each})
    places: dict[bytes, tuple[str, int]] = {}
    if all(parts):
        for split, arrays in dataset.splits.items():
            places |= {key: (split, row) for row, key in enumerate(_keys(dataset, arrays, names))}
    found = [(i, places[key]) for i, key in enumerate(_keys(dataset, wanted, names)) if key in places]
    empty = dataset.splits["train"][image][:0]
    pictures = [dataset.splits[split][image][row : row + 1] for _, (split, row) in found]
    return np.array([i for i, _ in found], np.int64), np.concatenate([empty, *pictures])


def _keys(dataset: Dataset, arrays: Mapping[str, Array], names: list[str]) -> list[bytes]:
    """For each sample bytes that are equal where all fields are."""
    columns = []
    for name in names:
        values = np.asarray(arrays[name], np.float64).reshape(len(arrays[name]), -1)
        period = dataset.periods.get(name)
        columns.append(values if period is None else np.rint(values / period * FINENESS) % FINENESS)
    return [row.tobytes() for row in np.concatenate(columns, 1) + 0.0] if columns else []  # + 0.0 makes −0 a 0

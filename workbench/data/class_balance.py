"""How often each class occurs, and what makes rare ones count: weights of classes, and of samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.data.chunks import chunks
from workbench.data.spec import FACTOR, Array, Dataset

Floats = NDArray[np.float64]
TRAIN = "train"


def counts_of(dataset: Dataset, field: str) -> NDArray[np.int64]:
    """Returns how often each class of a field occurs in the training part: of samples, or of pixels of masks."""
    classes = len(dataset.fields[field].classes)
    array = dataset.splits[TRAIN][field]
    counts = np.zeros(classes, np.int64)
    for some in chunks(array):
        found = np.bincount(np.asarray(array[some]).ravel(), minlength=classes)
        counts = counts + found[:classes] if len(counts) else found
    return counts


def class_weights(counts: NDArray[np.int64], ignored: int = -1) -> tuple[float, ...]:
    """Returns weights by which all classes that occur count as much in sum: n / (k · count), to four digits.

    Args:
        counts: how often each class occurs.
        ignored: the number of a class that does not count; its weight is 1.
    """
    counted = counts.astype(np.float64)
    if 0 <= ignored < len(counts):
        counted[ignored] = 0
    there = counted > 0
    weights = np.ones(len(counts))
    weights[there] = counted.sum() / (there.sum() * counted[there])
    return tuple(float(f"{weight:.4g}") for weight in weights)


def sample_weights(dataset: Dataset, split: str) -> Floats | None:
    """Returns for each sample how likely it is to be drawn if all classes are to come equally often.

    None where samples are of no class.
    """
    fields = dataset.fields.items()
    field = next((name for name, value in fields if value.kind == "class" and name != FACTOR), "")
    if not field or split not in dataset.splits:
        return None
    labels: Array = dataset.splits[split][field]
    counts = np.bincount(labels)
    return np.asarray(1.0 / counts[labels], np.float64)

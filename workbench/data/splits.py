"""Cuts validation and test data off where a data set has none: seeded, and the same share of every class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.data.chunks import copied, selected
from workbench.data.config import DataConfig
from workbench.data.spec import SPLITS, Array, Dataset

Mask = NDArray[np.bool_]


def complete(dataset: Dataset, config: DataConfig) -> Dataset:
    """Gives a data set the splits that it lacks.

    A data set of training samples alone first gives `test_share` of them for the test; then, where there is no
    validation split, `validation_share` of the training samples that are left are kept for it. What a source declares
    stays as it is. Shares are met within one sample for each class of the first class field; a class keeps at least
    one training sample. The order of samples stays. The same seed cuts the same.

    Args:
        dataset: with a train split; its large arrays are taken over and changed.
        config: shares and seed; a share of 0 makes no split.

    Returns:
        The data set with its splits in the order of train, validation, test.
    """
    classes = next((name for name, value in dataset.fields.items() if value.kind == "class"), "")
    splits, groups, files = dict(dataset.splits), dict(dataset.groups), dict(dataset.files)
    wanted = [("validation", config.validation_share)] if "validation" not in splits else []
    if set(splits) == {"train"}:
        wanted.insert(0, ("test", config.test_share))
    train = splits["train"]
    size = len(next(iter(train.values())))
    labels = train[classes] if classes else np.zeros(size, np.int64)
    parts, more = _drawn(labels, wanted, np.random.Generator(np.random.PCG64(config.seed)))
    for name, numbers in parts.items():  # the training part comes last: its arrays close their gaps
        take = selected if name == "train" else copied
        splits[name] = {field: take(array, numbers) for field, array in train.items()}
        if "train" in groups:
            groups[name] = dataset.groups["train"][numbers]
        if "train" in files:
            files[name] = dataset.files["train"][numbers]
    cut = (*dataset.cut, *(name for name in splits if name not in dataset.splits))
    ordered = {name: splits[name] for name in SPLITS if name in splits}
    notes = (*dataset.notes, *more)
    return replace(dataset, splits=ordered, notes=notes, groups=groups, files=files, cut=cut)


def assigned(config: DataConfig, of_split: NDArray[np.int64], labels: Array) -> NDArray[np.int64]:
    """Returns the split of each sample as `complete` would cut it, so that samples can be read where they will lie.

    Where some cannot be read in the end, the others stay in their splits.

    Args:
        config: shares and seed.
        of_split: the place in `SPLITS` of the split that each sample has.
        labels: the class of each.
    """
    train, validation, test = range(len(SPLITS))
    wanted = [] if (of_split == validation).any() else [(SPLITS[validation], config.validation_share)]
    if (of_split == train).all():
        wanted.insert(0, (SPLITS[test], config.test_share))
    rows, made = np.flatnonzero(of_split == train), of_split.copy()
    parts, _ = _drawn(labels[rows], wanted, np.random.Generator(np.random.PCG64(config.seed)))
    for name, numbers in parts.items():
        made[rows[numbers]] = SPLITS.index(name)
    return made


def parted(numbers: NDArray[np.int64], arrays: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """Cuts the arrays of all samples into their splits, without copying them.

    Args:
        numbers: for each sample the place of its split in `SPLITS`, in order.
        arrays: by field.

    Returns:
        The arrays of each split that has samples, by field.
    """
    edges = np.searchsorted(numbers, range(len(SPLITS) + 1))
    return {
        split: {name: array[start:end] for name, array in arrays.items()}
        for split, start, end in zip(SPLITS, edges, edges[1:], strict=False)
        if end > start
    }


def file_names(numbers: NDArray[np.int64], names: Sequence[str]) -> dict[str, Array]:
    """Returns the names of files split by split, as a data set keeps them.

    Args:
        numbers: for each sample the place of its split in `SPLITS`, in order.
        names: of all samples.
    """
    encoded = np.array([name.encode(errors="surrogateescape") for name in names], np.bytes_)
    return {split: arrays["files"] for split, arrays in parted(numbers, {"files": encoded}).items()}


def _drawn(
    labels: Array, wanted: Sequence[tuple[str, float]], random: np.random.Generator
) -> tuple[dict[str, NDArray[np.int64]], list[str]]:
    """The numbers of the samples of each new split, those left for training last, and notes; no numbers if none is."""
    rows, parts, notes = np.arange(len(labels)), dict[str, NDArray[np.int64]](), []
    for name, share in wanted:
        if not share:
            continue
        taken = _draw(labels[rows], share, random)
        if taken.any():
            parts[name], rows = rows[taken], rows[~taken]
        else:
            notes.append(f"There are too few samples for a {name} split of {share:.0%}.")
    return (parts | {"train": rows} if parts else {}), notes


def _draw(labels: Array, share: float, random: np.random.Generator) -> Mask:
    """Marks the samples to take: of each class its share, rounded so that the total is right too."""
    size = len(labels)
    numbers, counts = np.unique(labels, return_counts=True)
    exact = counts * share
    amounts = np.floor(exact).astype(np.int64)
    missing = round(size * share) - int(amounts.sum())
    most = np.minimum(np.ceil(exact), counts - 1).astype(np.int64)
    for index in np.argsort(amounts - exact, kind="stable"):  # largest remainder first
        if missing > 0 and amounts[index] < most[index]:
            amounts[index] += 1
            missing -= 1
    taken = np.zeros(size, np.bool_)
    for number, amount in zip(numbers, np.minimum(amounts, most), strict=True):
        taken[random.permutation(np.flatnonzero(labels == number))[:amount]] = True
    return taken

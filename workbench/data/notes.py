"""What a person should know about a data set before anything is trained on it: the one place that looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from workbench.core.errors import printable
from workbench.data.chunks import chunks
from workbench.data.class_names import alike
from workbench.data.folder_listing import some
from workbench.data.spec import FACTOR, Array, Dataset
from workbench.data.streamed import StreamedSamples

FEW = 3  # groups of names that are alike, or classes nobody is trained on, that are listed one by one
WHOLE = re.compile(r"-?\d{1,18}\Z")
DARK = 32  # of 255: pictures without a brighter value were probably meant otherwise
MOST_STREAMED = 200  # pictures of a split that are read from their files to see whether they are dark


def data_notes(dataset: Dataset) -> tuple[str, ...]:
    """Returns a sentence for each thing that would be lost in silence.

    Classes that nobody has, that nobody is trained on, whose names differ by capitals and blanks alone; one class
    alone; pictures that are all nearly black. `new`, `check`, `train`, `evaluate` and the Data panel show them.
    """
    found: list[str] = []
    for name, value in dataset.fields.items():
        if value.kind == "class" and FACTOR not in dataset.fields:  # there classes are factors, held out on purpose
            found += _class_notes(name, value.classes, {split: each[name] for split, each in dataset.splits.items()})
    for name, value in dataset.fields.items():
        if value.kind == "map" and value.dtype == "uint8":
            found += dark_notes(name, [each[name] for each in dataset.splits.values()])
    return tuple(found)


def _class_notes(name: str, classes: tuple[str, ...], labels: Mapping[str, Array]) -> Iterator[str]:
    counts = {split: np.bincount(each, minlength=len(classes)) for split, each in labels.items()}
    total = np.sum(list(counts.values()), axis=0)
    there = np.flatnonzero(total)
    if len(there) == 1:
        yield (
            f'All samples are of one class, "{printable(classes[there[0]])}": there is nothing to tell apart, so every '
            "answer is right. Add samples of another class."
        )
    if gaps := [classes[i] for i in np.flatnonzero(total == 0)]:
        yield f"Of {len(classes):,} classes {len(there):,} occur; nobody has {some(gaps)}{_outlier(classes, total)}"
    else:
        yield from _gap_notes(classes, total)
    untrained = [classes[i] for i in there if "train" in counts and not counts["train"][i]]
    for each in untrained[:FEW]:
        yield f'Class "{printable(each)}" has no samples to train with. Move some into the training part.'
    if len(untrained) > FEW:
        yield f"{len(untrained) - FEW:,} more classes have no samples to train with: {some(untrained[FEW:])}"
    test = counts.get("test", np.zeros(len(classes), np.int64))
    unjudged = [classes[i] for i in there if not test[i]]
    if unjudged and test.sum() >= len(there):  # which would have room for them
        have = "class has" if len(unjudged) == 1 else "classes have"
        yield f"{len(unjudged):,} {have} no test samples, so results on the test say nothing of them: {some(unjudged)}"
    for group in alike(classes)[:FEW]:
        told = " and ".join(f'"{printable(each)}"' for each in group)
        yield f"The classes {told} differ by capitals or blanks alone. If they are one class, give them one name."


def _gap_notes(classes: tuple[str, ...], total: Array) -> Iterator[str]:
    """A note where the classes are numbers and one is far from the others: a label that is probably wrong."""
    if not all(WHOLE.match(name) for name in classes):
        return
    numbers = sorted((int(name), i) for i, name in enumerate(classes))
    for (before, _), (after, i) in pairwise(numbers):
        if after - before > max(2, len(classes)):
            yield (
                f"The classes are numbers with a gap: after {before} comes {after}, with {total[i]:,} of "
                f"{total.sum():,} samples: a mistake?"
            )


def _outlier(classes: tuple[str, ...], total: Array) -> str:
    """A sentence on the last class where far more classes are empty than not: one label that is probably wrong."""
    there = np.flatnonzero(total)
    if len(there) < 2 or (total == 0).sum() <= len(there):
        return ""
    last = there[-1]
    return f' The largest is "{printable(classes[last])}", with {total[last]:,} of {total.sum():,} samples: a mistake?'


def dark_notes(name: str, pictures: list[Array]) -> Iterator[str]:
    """Yields a note where pictures, bytes or fractions, split by split, are all nearly black.

    Of those that are read from their files some are looked at, evenly among all.
    """
    highest, are_all = 0, True
    for each in pictures:
        if isinstance(each, StreamedSamples):
            each, are_all = each[:: 1 + len(each) // MOST_STREAMED].as_array(), False
        white = 255 if each.dtype.kind == "f" else 1
        for piece in chunks(each):
            highest = max(highest, int(white * np.asarray(each[piece]).max(initial=0)))
            if highest >= DARK:
                return
    what = "For masks of 0 and 1 give white=1" if highest == 1 else "Scale them, or say by white=LEVEL which is white"
    which = "The pictures" if are_all else "Those pictures that were looked at"
    yield (
        f"{which} are nearly black: no value of {printable(name)} is above {highest} of 255. {what}, where the data "
        "source takes it."
    )

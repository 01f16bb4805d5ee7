"""Samples that are there twice: within the training split, or in a split that a network is judged by too."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from workbench.data.chunks import chunks
from workbench.data.many_files import in_threads
from workbench.data.spec import Array, Dataset
from workbench.data.streamed import StreamedSamples

FEW = 3  # pairs that are named
DIGEST = WORD = 8  # bytes
INPUTS = ("map", "sequence")  # kinds that are looked at; others are answers, or alike by their nature as tokens are
PIECES = "pieces of samples compared"
LONG = 16  # numbers of a vector that takes their place where there are none; shorter ones are the same by chance

Digests = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Found = tuple[str, str, Mapping[str, Numbers]]  # a note, a few words of it, and the samples that it is about
COPIES = "copies of others"


@dataclass(frozen=True)
class Copies:
    """Samples whose inputs are the same to the byte.

    Attributes:
        notes: what a person should know about them, and what to do.
        marked: the samples that each note is about, with those that they are copies of, as a data set has them.
    """

    notes: tuple[str, ...] = ()
    marked: Mapping[str, Mapping[str, Numbers]] = field(default_factory=dict)


def duplicate_notes(dataset: Dataset) -> tuple[str, ...]:
    """Returns what a person should know about samples whose inputs are the same to the byte, and what to do."""
    return found_copies(dataset).notes


def found_copies(dataset: Dataset) -> Copies:
    """Returns the samples whose inputs are the same to the byte.

    Samples that are read from their files whenever they are wanted are not looked at, nor those that come in groups, in
    which most of a scene stays as it is.
    """
    names = [name for name, value in dataset.fields.items() if value.kind in INPUTS]
    names = names or [
        name
        for name, value in dataset.fields.items()
        if value.kind == "vector" and value.elements >= LONG and not value.classes
    ]
    train = dataset.splits.get("train", {})
    if not names or not train or dataset.groups or any(isinstance(train[name], StreamedSamples) for name in names):
        return Copies()
    splits = {
        split: [arrays[name] for name in names] for split, arrays in dataset.splits.items() if dataset.size(split)
    }
    if "train" not in splits:
        return Copies()
    digests = _digests(splits)
    first = _first_of_each(digests["train"])
    copies = np.flatnonzero(first != np.arange(len(first)))
    found = list(_within(dataset, copies, first[copies])) if len(copies) else []
    for split, each in digests.items():
        if split != "train":
            found += _between(split, digests["train"], each)
    return Copies(tuple(note for note, _, _ in found), {words: marked for _, words, marked in found})


def _digests(splits: Mapping[str, Sequence[Array]]) -> dict[str, Digests]:
    """Numbers that are the same where samples are: quick sums, and digests where the sums of two are the same.

    Args:
        splits: for each split the fields of its samples.
    """
    made = {split: _sums(arrays) for split, arrays in splits.items()}
    values, counts = np.unique(np.concatenate(list(made.values())), return_counts=True)
    several = values[counts > 1]
    for split, sums in made.items():
        for number in np.flatnonzero(np.isin(sums, several)):
            digest = hashlib.blake2b(digest_size=DIGEST)
            for array in splits[split]:
                digest.update(_in_order(array[number : number + 1]).data)
            sums[number] = int.from_bytes(digest.digest(), "little")
    return made


def _sums(arrays: Sequence[Array]) -> Digests:
    """A sum of each sample's bytes, eight together, each weighed by another random number."""
    made = np.zeros(len(arrays[0]), np.uint64)
    for number, array in enumerate(arrays):
        size = -(-array[:1].nbytes // WORD)
        weights = np.random.default_rng(number).integers(1, 2**63, size, np.uint64) * np.uint64(2) + np.uint64(1)
        deque(in_threads(partial(_add_sums, made, array, weights), chunks(array), things_are=PIECES), maxlen=0)
    return made


def _add_sums(made: Digests, array: Array, weights: Digests, some: slice) -> None:
    """Adds to the sums of some samples those of one of their fields."""
    part = _in_order(array[some])
    data = part.reshape(len(part), -1).view(np.uint8)
    if lacking := len(weights) * WORD - data.shape[1]:
        data = np.pad(data, ((0, 0), (0, lacking)))
    made[some] += np.einsum("ij,j->i", data.view(np.uint64), weights)


def _in_order(samples: Array) -> Array:
    """The same samples as they lie beside each other, pictures channels last: no copy where they lie so already."""
    return np.ascontiguousarray(samples.transpose(0, 2, 3, 1) if samples.ndim == 4 else samples)


def _first_of_each(digests: Digests) -> Numbers:
    """For each sample the first that is the same."""
    _, first, which = np.unique(digests, return_index=True, return_inverse=True)
    return np.asarray(first[which.reshape(-1)], np.int64)


def _within(dataset: Dataset, copies: Numbers, first: Numbers) -> Iterator[Found]:
    """Notes on training samples that are copies, and on those of them that have another class."""
    total = dataset.size("train")
    note = (
        f"{len(copies):,} of {total:,} training samples are copies of others ({_pairs('train', copies, first)}), which "
        "count more for it. Take them out, unless that is meant."
    )
    yield note, COPIES, {"train": np.union1d(copies, first)}
    label = next((name for name, value in dataset.fields.items() if value.kind == "class"), "")
    if not label:
        return
    classes = dataset.splits["train"][label]
    differing = classes[copies] != classes[first]
    if differing.any():
        note = (
            f"{int(differing.sum()):,} of these copies have another {label} than the sample that they are a copy of "
            f"({_pairs('train', copies[differing], first[differing])}): one of the two is wrong."
        )
        yield note, f"copies with another {label}", {"train": np.union1d(copies[differing], first[differing])}


def _between(split: str, train: Digests, digests: Digests) -> Iterator[Found]:
    """A note where samples of a split are training samples too."""
    known, first = np.unique(train, return_index=True)
    place = np.minimum(np.searchsorted(known, digests), len(known) - 1)
    both = np.flatnonzero(known[place] == digests)
    if len(both):
        note = (
            f"{len(both):,} of {len(digests):,} {split} samples are training samples too "
            f"({_pairs(split, both, first[place[both]])}), so results on {split} are too good. Take the copies out of "
            "one of the two."
        )
        yield note, f"both in train and in {split}", {split: both, "train": np.unique(first[place[both]])}


def _pairs(split: str, ones: Numbers, others: Numbers) -> str:
    told = [f"{split}:{one} is train:{other}" for one, other in zip(ones[:FEW], others[:FEW], strict=True)]
    return ", ".join(told) + (", …" if len(ones) > FEW else "")

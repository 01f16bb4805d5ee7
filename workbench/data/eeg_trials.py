"""Trials of electrode signals: taken out of arrays, or cut out of recordings around their annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.values import shape_text
from workbench.data.array_fields import classes as classes_of
from workbench.data.class_names import class_names
from workbench.data.edf_file import STATUS, Annotation, EdfFile
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.npy_file import ArrayFile
from workbench.data.spec import Array
from workbench.data.text_table import LARGEST

SIGNALS = ("x", "X", "eeg", "data", "trials", "epochs")
LABELS = ("y", "Y", "label", "labels", "target", "targets")
NEAR = 1e-6  # seconds by which records that follow each other may seem to lie apart
USUAL = 1.0  # seconds of an epoch where no annotation says how long it lasts


@dataclass
class EegTrials:
    """Trials of one file.

    Attributes:
        x: (trials, channels, time).
        labels: the class of each trial.
        classes: names of the classes, in their order.
        channels: names of the electrodes.
        rate: samples a second; None where nobody knows.
        subjects: who each trial is of; None where nobody knows.
        notes: how the file was understood.
    """

    x: Array
    labels: list[str]
    classes: list[str]
    channels: tuple[str, ...]
    rate: float | None
    subjects: list[str] | None = None
    notes: list[str] = field(default_factory=list)


def arrays(path: Path) -> EegTrials:
    """Reads the trials of an `.npz` file: `x`, `y`, and `classes`, `channels`, `rate_hz`, `subject` if they are there.

    Raises:
        UnreadableError: an array is missing, or of another shape than it has to be.
    """
    with ArrayFile(path) as file:
        names = {key: next((each for each in wanted if each in file.headers), "") for key, wanted in (
            ("x", SIGNALS), ("y", LABELS), ("classes", ("classes",)), ("channels", ("channels", "ch_names")),
            ("rate", ("rate_hz", "sfreq", "fs")), ("subject", ("subject", "subjects")),
        )}  # fmt: skip
        for key, what in (("x", "trials × channels × time"), ("y", "classes")):
            if not names[key]:
                told = ", ".join(f"{printable(name)} ({shape_text(each.shape)})" for name, each in file.headers.items())
                raise UnreadableError(path, f'there is no array "{key}" of {what}. There are: {told or "none"}.')
        shape, kind = file.headers[names["x"]].shape, file.headers[names["x"]].dtype.kind
        if len(shape) != 3 or 0 in shape or kind not in "iuf":
            raise UnreadableError(
                path, f'"{names["x"]}" is {shape_text(shape)}, but numbers of trials × channels × time are needed.'
            )
        used = [name for name in names.values() if name]
        file.check_sizes(used, 12 * int(np.prod(shape)))
        found = {key: file.read(name) for key, name in names.items() if name}
        left_out = [name for name in file.headers if name not in used]
    notes = [f"Arrays that are not used, left out ({len(left_out):,}): {some(left_out)}"] if left_out else []
    return _checked(path, found, notes)


def _named_classes(path: Path, found: dict[str, Array], count: int) -> tuple[list[str], list[str]]:
    """Names of the classes, and the one of each trial."""
    y = found["y"]
    numbered = classes_of({"": y})
    if numbered is None or len(y) != count:
        raise UnreadableError(
            path, f'"y" ({y.dtype}, {shape_text(y.shape)}) has not one class for each of {count:,} trials.'
        )
    value, made = numbered
    names, numbers = value.classes, made[""]
    if "classes" in found and y.dtype.kind in "iu":
        names, numbers = class_names(str(each) for each in found["classes"].reshape(-1)), y.reshape(-1)
        if len(beyond := numbers[(numbers < 0) | (numbers >= len(names))]):
            raise UnreadableError(path, f'"y" has the class {beyond[0]}, but "classes" has {len(names):,} names.')
    return list(names), [names[number] for number in numbers]


def _checked(path: Path, found: dict[str, Array], notes: list[str]) -> EegTrials:
    """The trials of the arrays that were read, whose shapes and values must go together."""
    x = found["x"].astype(np.float64)
    finite: Array = np.asarray((np.abs(x) <= LARGEST).all(axis=(1, 2)))
    if not finite.all():
        kept = int(finite.sum())
        if not kept:
            raise UnreadableError(path, "every trial has values that are not finite.")
        bad = some(str(i) for i in np.flatnonzero(~finite))
        notes.append(f"Trials with values that are not finite, left out ({len(x) - kept:,}): numbers {bad}")
    names, labels = _named_classes(path, found, len(x))
    channels = found.get("channels", np.array([str(i + 1) for i in range(x.shape[1])])).reshape(-1)
    if len(channels) != x.shape[1]:
        raise UnreadableError(path, f'"channels" has {len(channels):,} names for {x.shape[1]:,} channels.')
    rate = float(found["rate"].reshape(-1)[0]) if "rate" in found and found["rate"].dtype.kind in "iuf" else None
    subjects = [str(each) for each in found["subject"].reshape(-1)] if "subject" in found else None
    if subjects is not None and len(subjects) != len(x):
        raise UnreadableError(path, f'"subject" has {len(subjects):,} entries for {len(x):,} trials.')
    return EegTrials(
        x[finite], [each for each, is_kept in zip(labels, finite, strict=True) if is_kept], names,
        tuple(map(str, channels)), rate if rate and 0 < rate < 1e9 else None,
        subjects and [each for each, is_kept in zip(subjects, finite, strict=True) if is_kept], notes,
    )  # fmt: skip


@dataclass(frozen=True)
class EpochChoice:
    """How epochs are cut out of a recording.

    Attributes:
        tmin: seconds from an annotation's onset to the beginning of its epoch.
        tmax: seconds to its end; None for as long as the annotations last.
        events: texts of the annotations that are taken; empty for all.
        prepare: takes the signals (channels, time) of a piece of the recording without gaps, and their rate; returns
            them filtered, with their new rate.
        is_standardised: whether each channel gets mean 0 and deviation 1 over the whole recording.
    """

    tmin: float
    tmax: float | None
    events: tuple[str, ...]
    prepare: Callable[[Array, float], tuple[Array, float]]
    is_standardised: bool


def chosen_annotations(file: EdfFile, events: tuple[str, ...]) -> list[Annotation]:
    """Returns the annotations of a recording that are taken.

    Raises:
        UnreadableError: there are none.
        UsageError: a text that was asked for is none of theirs.
    """
    if not file.annotations:
        raise UnreadableError(file.path, "there are no annotations in it, so nothing says what is when.")
    texts = list(dict.fromkeys(each.text for each in file.annotations))
    if unknown := [each for each in events if each not in texts]:
        raise UsageError(
            f'events: there is no annotation "{printable(unknown[0])}" in {printable(file.path)}. '
            f"There are: {some(texts)}"
        )
    return [each for each in file.annotations if not events or each.text in events]


def usual_end(annotations: list[Annotation]) -> float:
    """Returns how long the shortest annotation that has a duration lasts; a second where none has."""
    return min((each.duration for each in annotations if each.duration > 0), default=USUAL)


def epochs(file: EdfFile, choice: EpochChoice) -> EegTrials:
    """Cuts a recording into epochs around its annotations.

    Raises:
        UnreadableError: there are no annotations, no signals, or no epoch lies within the recording.
        UsageError: an event is unknown, or the epoch has no length.
    """
    taken = chosen_annotations(file, choice.events)
    tmax = usual_end(taken) if choice.tmax is None else choice.tmax
    if tmax <= choice.tmin:
        raise UsageError(f"tmax must be above tmin ({choice.tmin:g} s), found {tmax:g}.")
    places, notes = _signals(file)
    signals = np.stack([file.samples(place) for place in places])
    pieces = [
        (start, *choice.prepare(signals[:, steps], file.rate(places[0]))) for start, steps in _pieces(file, places[0])
    ]
    if choice.is_standardised:
        _standardise([piece for _, piece, _ in pieces])
    rate = pieces[0][2]
    length = max(1, round((tmax - choice.tmin) * rate))
    check_amount(file.path, 12 * length * len(places) * len(taken), "Choose fewer events, or shorter epochs.")
    found = [
        _epoch([(start, piece) for start, piece, _ in pieces], each.onset + choice.tmin, rate, length) for each in taken
    ]
    cut = [each for each in found if each is not None]
    labels = [each.text for each, epoch in zip(taken, found, strict=True) if epoch is not None]
    if not cut:
        raise UnreadableError(
            file.path, f"none of {len(taken):,} epochs lies wholly within the recording. Change tmin or tmax."
        )
    if len(cut) < len(taken):
        outside = [
            f"{each.text} at {each.onset:g} s" for each, epoch in zip(taken, found, strict=True) if epoch is None
        ]
        notes.append(f"Epochs that reach beyond the recording, left out ({len(outside):,}): {some(outside)}")
    counts = Counter(labels)
    told = ", ".join(f"{printable(name)} {count:,}" for name, count in sorted(counts.items()))
    notes.append(f"Epochs from {choice.tmin:g} to {tmax:g} s around {len(cut):,} annotations: {told}.")
    names = tuple(file.signals[place].label for place in places)
    return EegTrials(np.stack(cut), labels, sorted(counts), names, rate, None, [*file.notes, *notes])


def _epoch(pieces: list[tuple[float, Array]], begin: float, rate: float, length: int) -> Array | None:
    """The epoch (channels, length) that begins at a time; None where no piece of the recording holds all of it."""
    for start, piece in pieces:
        at = round((begin - start) * rate)
        if at >= 0 and at + length <= piece.shape[1]:
            return piece[:, at : at + length]
    return None


def _signals(file: EdfFile) -> tuple[list[int], list[str]]:
    """The signals that are taken: those of the rate that most have; and a note on the others."""
    usable = [i for i, each in enumerate(file.signals) if not each.is_annotations and each.label != STATUS]
    if not usable:
        raise UnreadableError(file.path, "there are no signals in it beside annotations.")
    most = Counter(file.signals[i].samples for i in usable).most_common(1)[0][0]
    taken = [i for i in usable if file.signals[i].samples == most]
    left_out = [f"{each.label}" for i, each in enumerate(file.signals) if i not in taken and not each.is_annotations]
    rate = file.rate(taken[0])
    notes = [
        f"Signals that are not sampled at {rate:g} Hz or hold triggers, left out ({len(left_out):,}): {some(left_out)}"
    ]
    return taken, notes if left_out else []


def _pieces(file: EdfFile, place: int) -> list[tuple[float, slice]]:
    """The pieces of a recording without gaps: when each begins, and its samples."""
    one = file.signals[place].samples
    gaps = np.flatnonzero(np.abs(np.diff(file.starts) - file.record_seconds) > NEAR + 1e-3 * file.record_seconds) + 1
    edges = [0, *gaps.tolist(), len(file.starts)]
    return [(float(file.starts[first]), slice(first * one, last * one)) for first, last in pairwise(edges)]


def _standardise(pieces: list[Array]) -> None:
    """Brings each channel to mean 0 and deviation 1 over all pieces together, in place."""
    whole = np.concatenate(pieces, axis=1)
    mean, deviation = whole.mean(axis=1, keepdims=True), whole.std(axis=1, keepdims=True)
    for piece in pieces:
        piece -= mean
        piece /= np.where(deviation > 0, deviation, 1.0)

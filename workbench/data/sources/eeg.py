"""Electroencephalograms: trials in arrays, and recordings with annotations."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import is_folder, listed
from workbench.core.values import Value
from workbench.data.class_names import class_names
from workbench.data.edf_file import EdfFile, is_edf
from workbench.data.eeg_trials import EegTrials, EpochChoice, arrays, chosen_annotations, epochs, usual_end
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.listening import heard
from workbench.data.npy_file import ArrayFile
from workbench.data.option_text import number_as_text
from workbench.data.paths import locate
from workbench.data.signal_filter import band_passed, resampled
from workbench.data.spec import Array, Dataset, Reads, Source, source

MOST_HZ = 100_000
MOST_SECONDS = 3600
MOST_RECORDINGS = 1000


@source(
    name="eeg",
    title="EEG (.npz trials, .edf and .bdf recordings)",
    reads=Reads("either", "Electroencephalograms", ("*.npz", "*.edf", "*.bdf")),
)
class Eeg(Source):
    """Reads trials of electrode signals with a class each: arrays, or epochs of a recording around its annotations.

    An `.npz` file holds `x` (trials × channels × time) and `y`, and may hold `classes`, `channels`, `rate_hz` and
    `subject`. EDF, EDF+ and BDF recordings are cut from `tmin` to `tmax` around each annotation, whose text is the
    class; of a folder each recording is one subject. Filters shift no phase. The trials become the field `eeg`, maps of
    1 × channels × time as EEGNet takes them, the classes `label`, and who they are of `subject`.
    """

    is_independent: ClassVar[bool] = True

    path: str = Field(
        min_length=1, max_length=4096, description="An .npz, .edf or .bdf file, or a folder of recordings"
    )
    tmin: float | None = Field(
        None, ge=-MOST_SECONDS, le=MOST_SECONDS, description="Seconds from the onset to the beginning of a trial"
    )
    tmax: float | None = Field(
        None, ge=-MOST_SECONDS, le=MOST_SECONDS, description="Seconds from the onset to its end; all of it by default"
    )
    low: float | None = Field(None, gt=0, le=MOST_HZ, description="Frequencies below it are filtered out, in hertz")
    high: float | None = Field(None, gt=0, le=MOST_HZ, description="Frequencies above it are filtered out, in hertz")
    rate: float | None = Field(None, gt=0, le=MOST_HZ, description="Samples a second to resample to, fewer than now")
    standardise: Literal["none", "trial", "recording"] = Field(
        "recording", description="What each channel is brought to mean 0 and deviation 1 over"
    )
    channels: str | None = Field(
        None,
        min_length=1,
        max_length=20_000,
        description="Electrodes that are taken, parted by semicolons; all by default",
    )
    events: str | None = Field(
        None,
        min_length=1,
        max_length=20_000,
        description="Classes that are taken, parted by semicolons; all by default",
    )
    test_subject: str | None = Field(
        None, min_length=1, max_length=200, description="The subject whose trials are kept for the test"
    )

    _text = field_validator("channels", "events", "test_subject", mode="before")(number_as_text)

    @model_validator(mode="after")
    def _in_order(self) -> Eeg:
        if self.tmin is not None and self.tmax is not None and self.tmin >= self.tmax:
            raise ValueError(f"tmax must be above tmin ({self.tmin:g})")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"high must be above low ({self.low:g})")
        return self

    @classmethod
    def claim(cls, path: Path) -> int:
        if is_edf(path):
            return 2
        if path.suffix.lower() == ".npz" and zipfile.is_zipfile(path):
            return 2 if _holds_trials(path) else 0
        return 2 if is_folder(path) and _recordings(path) else 0

    def load(self, folder: Path) -> Dataset:
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told in the end
            return self._loaded(locate(self.path, folder))

    def _loaded(self, path: Path) -> Dataset:
        trials = self._of_recordings(path) if is_folder(path) or is_edf(path) else self._of_arrays(path)
        trials = self._with_events(path, self._with_channels(path, trials))
        if self.standardise == "trial":
            trials.x = _standardised(trials.x, axes=(2,))
        notes = [*trials.notes, *self._notes()]
        x = trials.x.astype(np.float32)[:, None]
        if not np.isfinite(x).all():
            raise UnreadableError(path, "a value is not finite in single precision.")
        number = {name: i for i, name in enumerate(trials.classes)}
        columns: dict[str, Array] = {"eeg": x, "label": np.array([number[each] for each in trials.labels], np.int64)}
        fields = {
            "eeg": Value(x.shape[1:], "map", "float32", is_recording=True),
            "label": Value((), "class", "int64", class_names(trials.classes)),
        }
        if trials.subjects is not None:
            subjects = sorted(set(trials.subjects), key=lambda each: (not each.isdecimal(), each.zfill(20), each))
            fields["subject"] = Value((), "class", "int64", class_names(subjects))
            columns["subject"] = np.array([subjects.index(each) for each in trials.subjects], np.int64)
        splits, more = self._split(path, trials, columns)
        rate = f" at {trials.rate:g} Hz" if trials.rate else ""
        notes.append(f"The {len(trials.channels):,} channels{rate} are {some(trials.channels)}")
        return Dataset(fields, splits, (*notes, *more))

    def _of_arrays(self, path: Path) -> EegTrials:
        if path.suffix.lower() not in (".npz", ""):
            raise UnreadableError(path, "trials are read from .npz, .edf and .bdf files. Choose such a file.")
        trials = arrays(path)
        steps = trials.x.shape[2]
        needs = [name for name in ("tmin", "tmax", "low", "high", "rate") if getattr(self, name) is not None]
        if trials.rate is None:
            if needs:
                raise UnreadableError(path, f'{needs[0]} needs the samples a second: there is no "rate_hz" in it.')
            rate = 1.0
        else:
            rate = trials.rate
            trials.x, trials.rate = self._prepared(trials.x, rate)
            trials.x = self._cropped(trials.x, trials.rate)
        if self.low is not None and steps < rate / self.low:
            trials.notes.append(f"The trials ({steps / rate:g} s) are shorter than a wave of {self.low:g} Hz (low).")
        if self.standardise == "recording":
            owners = np.array(trials.subjects if trials.subjects is not None else [""] * len(trials.x))
            for owner in np.unique(owners):
                trials.x[owners == owner] = _standardised(trials.x[owners == owner], axes=(0, 2))
        return trials

    def _cropped(self, x: Array, rate: float) -> Array:
        """The part of trials (N, channels, time) from tmin to tmax."""
        seconds = x.shape[2] / rate
        tmin, tmax = self.tmin or 0.0, seconds if self.tmax is None else self.tmax
        start, end = round(tmin * rate), round(tmax * rate)
        if start < 0 or end > x.shape[2] or start >= end:
            raise UsageError(
                f"tmin and tmax must lie within the trials, 0 to {seconds:g} s, found {tmin:g} to {tmax:g}."
            )
        return x[:, :, start:end]

    def _prepared(self, signals: Array, rate: float) -> tuple[Array, float]:
        """Signals (..., time) filtered and resampled, and their rate."""
        for name in ("low", "high"):
            edge = getattr(self, name)
            if edge is not None and edge >= rate / 2:
                raise UsageError(f"{name} must be below half the samples a second, {rate / 2:g} Hz, found {edge:g}.")
        if self.rate is not None and self.rate > rate:
            raise UsageError(
                f"rate must be at most the samples a second that there are, {rate:g}, found {self.rate:g}."
            )
        if self.low is not None or self.high is not None:
            signals = band_passed(signals, rate, self.low, self.high)
        if self.rate is not None and self.rate != rate:
            return resampled(signals, rate, self.rate), self.rate
        return signals, rate

    def _of_recordings(self, path: Path) -> EegTrials:
        paths = _recordings(path) if is_folder(path) else [path]
        if is_folder(path):
            listed(path)
        if not paths or len(paths) > MOST_RECORDINGS:
            told = f"{len(paths):,} recordings" if paths else "no .edf or .bdf files"
            raise UnreadableError(path, f"there are {told} in this folder; 1 to {MOST_RECORDINGS:,} are taken.")
        events = _parted(self.events)
        tmax = self.tmax
        found: list[EegTrials] = []
        for each in heard(paths, "recordings", together=1):
            file = EdfFile(each)
            if tmax is None and len(paths) > 1:  # the same for all of them
                tmax = usual_end(chosen_annotations(file, events))
            choice = EpochChoice(self.tmin or 0.0, tmax, events, self._prepared, self.standardise == "recording")
            found.append(epochs(file, choice))
            if found[-1].x.shape[1:] != found[0].x.shape[1:] or found[-1].channels != found[0].channels:
                raise UnreadableError(
                    each,
                    f"it has other channels or another rate than {printable(paths[0].name)}. Set rate, or take it out.",
                )
            check_amount(
                path, 12 * sum(trials.x.size for trials in found), "Choose fewer recordings or shorter epochs."
            )
        if not is_folder(path):
            return found[0]
        labels = [label for trials in found for label in trials.labels]
        notes = [
            f"{printable(each.name)}: {note}"
            for each, trials in zip(paths, found, strict=True)
            for note in trials.notes
        ]
        owners = [each.stem for each, trials in zip(paths, found, strict=True) for _ in trials.labels]
        x = np.concatenate([trials.x for trials in found])
        return EegTrials(x, labels, sorted(set(labels)), found[0].channels, found[0].rate, owners, notes)

    def _with_channels(self, path: Path, trials: EegTrials) -> EegTrials:
        if self.channels is None:
            return trials
        wanted = _parted(self.channels)
        names = [name.casefold() for name in trials.channels]
        if unknown := [name for name in wanted if name.casefold() not in names]:
            raise UsageError(
                f'channels: there is no "{printable(unknown[0])}" in {printable(path)}. '
                f"There are: {some(trials.channels)}"
            )
        places = [names.index(name.casefold()) for name in wanted]
        trials.x, trials.channels = trials.x[:, places], tuple(trials.channels[place] for place in places)
        return trials

    def _with_events(self, path: Path, trials: EegTrials) -> EegTrials:
        """The trials of the classes that are taken."""
        wanted = _parted(self.events) or tuple(trials.classes)
        if unknown := [name for name in wanted if name not in trials.classes]:
            raise UsageError(
                f'events: there is no class "{printable(unknown[0])}" in {printable(path)}. '
                f"There are: {some(trials.classes)}"
            )
        kept = [i for i, label in enumerate(trials.labels) if label in wanted]
        if not kept:
            raise UnreadableError(path, f"no trial is of {some(wanted)}")
        if len(kept) < len(trials.labels):
            trials.notes.append(f"{len(trials.labels) - len(kept):,} trials of other classes were left out (events).")
        trials.x, trials.labels = trials.x[kept], [trials.labels[i] for i in kept]
        trials.classes = [name for name in trials.classes if name in wanted]
        trials.subjects = None if trials.subjects is None else [trials.subjects[i] for i in kept]
        return trials

    def _notes(self) -> list[str]:
        notes = []
        if self.low is not None or self.high is not None:
            edges = [
                f"{word} {edge:g}" for word, edge in (("below", self.low), ("above", self.high)) if edge is not None
            ]
            notes.append(f"Frequencies {' and '.join(edges)} Hz were filtered out, without shifting a phase.")
        if self.rate is not None:
            notes.append(f"The signals were resampled to {self.rate:g} Hz.")
        over = {"trial": "each trial", "recording": "its recording (all trials of a subject, or of the file)"}
        if self.standardise in over:
            notes.append(
                f"Each channel was brought to mean 0 and deviation 1 over {over[self.standardise]} (standardise)."
            )
        return notes

    def _split(
        self, path: Path, trials: EegTrials, columns: dict[str, Array]
    ) -> tuple[dict[str, dict[str, Array]], list[str]]:
        """All trials to train with, or those of one subject to test with."""
        subjects = trials.subjects
        if self.test_subject is None:
            names = list(dict.fromkeys(subjects or []))
            note = (
                f"Trials of the same {len(names):,} subjects are trained and tested with; test_subject=NAME keeps "
                f"one of them for the test: {some(names)}"
            )
            return {"train": columns}, [note] if len(names) > 1 else []
        if subjects is None or self.test_subject not in subjects or len(set(subjects)) < 2:
            told = (
                f"There are: {some(dict.fromkeys(subjects))}" if subjects else "It does not say whose the trials are."
            )
            raise UsageError(
                f"test_subject={printable(self.test_subject)}: there is no such subject beside others in "
                f"{printable(path)}. {told}"
            )
        is_test = np.array([each == self.test_subject for each in subjects])
        return {
            "train": {name: array[~is_test] for name, array in columns.items()},
            "test": {name: array[is_test] for name, array in columns.items()},
        }, []


def _parted(names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in (names or "").split(";") if name.strip()))


def _standardised(x: Array, axes: tuple[int, ...]) -> Array:
    mean, deviation = x.mean(axis=axes, keepdims=True), x.std(axis=axes, keepdims=True)
    made: Array = (x - mean) / np.where(deviation > 0, deviation, 1.0)
    return made


def _recordings(folder: Path) -> list[Path]:
    try:
        return [each for each in listed(folder) if is_edf(each) and each.name[:1] != "."]
    except UnreadableError:
        return []


def _holds_trials(path: Path) -> bool:
    """Whether an .npz file holds trials and says of which electrodes or at which rate."""
    try:
        with ArrayFile(path) as file:
            trials = file.headers.get("x")
            return trials is not None and len(trials.shape) == 3 and bool({"channels", "rate_hz"} & set(file.headers))
    except UnreadableError:
        return False

"""Files of series with a class each, as the UCR and UEA archives hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, is_folder, is_plain_file, listed
from workbench.core.values import Value
from workbench.data.chunks import zeros
from workbench.data.class_names import class_names, composed
from workbench.data.file_state import State, state_of
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.listening import heard
from workbench.data.option_text import number_as_text
from workbench.data.paths import locate
from workbench.data.placing import current
from workbench.data.series_arrays import holds_series, read_series_arrays
from workbench.data.series_file import LABEL_COLUMNS, LabelledSeries, read_series
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.text_file import first_lines
from workbench.data.text_table import header_of

SUFFIXES = (".ts", ".tsv", ".arff", ".csv")  # of two files of one name the first is taken
PART = re.compile(r"_(TRAIN|TEST)(?=\.|_|\Z)", re.IGNORECASE)
OTHER = {"TRAIN": "TEST", "TEST": "TRAIN", "train": "test", "test": "train", "Train": "Test", "Test": "Train"}
STEP = re.compile(r"[a-z_]*\d+\Z", re.IGNORECASE)
FEWEST_STEPS = 8  # numbered columns by which a table is taken for one of series
MOST_STEPS = 1_000_000
SHORTER = "Set length to cut the series."
MOST_ASKED = 10  # files of a folder that are looked into to see what it is


@source(
    name="series",
    title="Series with a class each (.ts, .tsv, .csv, .arff, .npz)",
    reads=Reads("either", "Series", ("*.ts", "*.tsv", "*.csv", "*.arff", "*.npz")),
)
class SeriesFiles(Source):
    """Reads series of measurements with a class each, of one or several dimensions; NAME_TRAIN brings NAME_TEST.

    A `.ts` file is as sktime writes it, a `.tsv` file as the UCR archive does (the class first, no header); a `.csv`
    file has a header and a series in each row, an `.arff` file the classes in its last attribute. An `.npz` file holds
    an array N×T or N×C×T and one of classes. The series become the field `series` of dimensions × steps, the classes
    `label`.
    """

    is_independent: ClassVar[bool] = True

    path: str = Field(min_length=1, max_length=4096, description="The file, or a folder that holds one data set")
    label: str | None = Field(
        None,
        max_length=200,
        description="Column of the classes of a .csv file, or array of an .npz file; found by its name by default",
    )
    series: str | None = Field(
        None, max_length=200, description="Name of the array of series of an .npz file; guessed by default"
    )
    length: int | None = Field(
        None,
        ge=1,
        le=MOST_STEPS,
        description="Steps of every series: shorter ones end in zeros, longer ones are cut; by default the longest",
    )
    missing: Literal["interpolate", "zero", "refuse"] = Field(
        "interpolate", description="What stands for missing values: a line between their neighbours, 0, or an error"
    )
    standardise: Literal["none", "series"] = Field(
        "none", description="Whether each dimension of each series is brought to mean 0 and deviation 1"
    )

    _text = field_validator("label", mode="before")(number_as_text)

    @classmethod
    def claim(cls, path: Path) -> int:
        suffix = path.suffix.lower()
        if suffix == ".npz":
            return 2 if holds_series(path) else 0
        if is_folder(path):
            return max((cls.claim(each) for each in _held(path)[:MOST_ASKED]), default=0)
        if suffix == ".ts":  # also the suffix of programs and of video
            return 2 if any(line.lower().startswith("@problemname") for line in first_lines(path, 1000)) else 0
        if suffix == ".arff":
            return 1
        if suffix == ".tsv":
            cells = next(iter(first_lines(path, 1)), "").split("\t")
            return 2 if len(cells) > FEWEST_STEPS and all(_is_float(cell) for cell in cells[1:]) else 0
        names = [name for name in header_of(path) if name.casefold() not in LABEL_COLUMNS] if suffix == ".csv" else []
        return 2 if len(names) >= FEWEST_STEPS and all(STEP.match(name) for name in names) else 0

    def state(self, folder: Path) -> State:
        path = locate(self.path, folder)
        return (*state_of(path), *(state_of(other) if (other := _other_part(path)) and is_folder(other) else ()))

    def load(self, folder: Path) -> Dataset:
        path = locate(self.path, folder)
        if path.suffix.lower() == ".npz" and not is_folder(path):
            return read_series_arrays(path, self.series, self.label, self._arranged)
        files, notes = _files(path)
        parts = {split: read_series(file, self.label) for split, file in files.items()}
        notes += _notes_of(list(parts.values()))
        names, numbers, more = _classes(parts)
        series, arrays, told = self._arranged(parts)
        splits: dict[str, dict[str, Array]] = {
            split: {"series": arrays[split], "label": numbers[split]} for split in SPLITS if split in parts
        }
        notes += [*more, *told]
        return Dataset(
            {"series": series, "label": Value((), "class", "int64", names)}, splits, tuple(dict.fromkeys(notes))
        )

    def _arranged(self, parts: dict[str, LabelledSeries]) -> tuple[Value, dict[str, Array], list[str]]:
        """The series of all splits at one length: their field, their values, and what was done to them."""
        first = parts["train"]
        channels = len(first.series[0])
        for each in parts.values():
            if len(each.series[0]) != channels:
                raise UnreadableError(
                    each.path,
                    f"its series have {len(each.series[0]):,} dimensions, those of {printable(first.path.name)} "
                    f"{channels:,}.",
                )
        lengths = [max(map(len, each)) for part in parts.values() for each in part.series]
        length = self.length or max(lengths)
        amount = 12 * channels * length * len(lengths)  # bytes, with the numbers as they were read
        check_amount(first.path, amount, SHORTER)
        current().decide(first.path, 4 * channels * length * len(lengths), SHORTER)
        work = _Arranging(length, self.missing, is_standardised=self.standardise == "series")
        made = {split: work.arranged(parts[split]) for split in SPLITS if split in parts}
        return Value((channels, length), "map", "float32"), made, [*_length_notes(lengths, length), *work.notes()]


@dataclass
class _Arranging:
    """Brings series to one length, without gaps, and counts what was done to them.

    Attributes:
        length: steps that each is to have.
        missing: what stands for missing values, as the option.
        is_standardised: whether each dimension of each series gets mean 0 and deviation 1.
        values: how many values were missing.
        touched: in how many series.
        empty: how many dimensions had no value at all.
        constant: how many dimensions are the same at all steps, so that they have no deviation.
    """

    length: int
    missing: str
    is_standardised: bool
    values: int = 0
    touched: int = 0
    empty: int = 0
    constant: int = 0

    def arranged(self, part: LabelledSeries) -> Array:
        """Returns the series of one file as (N, channels, length)."""
        channels = len(part.series[0])
        made: Array = zeros((len(part.series), channels, 4 * self.length)).view(np.float32)
        for number, dimensions in enumerate(heard(part.series, "series")):
            if (gaps := sum(int(np.isnan(each).sum()) for each in dimensions)) and self.missing == "refuse":
                raise UnreadableError(
                    part.path,
                    f"{gaps:,} values of series {number + 1:,} are missing. Choose missing=interpolate to have them "
                    "filled in.",
                )
            self.values += gaps
            self.touched += gaps > 0
            for channel, each in enumerate(dimensions):
                there = each[: self.length]
                made[number, channel, : len(there)] = self._whole(there)
        return made

    def _whole(self, values: Array) -> Array:
        """One dimension without gaps, standardised if that is wanted."""
        gaps = np.isnan(values)
        if gaps.all():
            self.empty += 1
            return np.zeros(len(values))
        if gaps.any():
            steps = np.arange(len(values))
            between = np.interp(steps[gaps], steps[~gaps], values[~gaps]) if self.missing == "interpolate" else 0.0
            values = values.copy()
            values[gaps] = between
        if self.is_standardised:
            deviation = values.std()
            self.constant += deviation == 0
            values = (values - values.mean()) / (deviation or 1.0)
        return values

    def notes(self) -> Iterator[str]:
        """Yields what was done, with counts."""
        if self.values:
            how = "a line between their neighbours" if self.missing == "interpolate" else "0"
            yield f"{self.values:,} missing values in {self.touched:,} series were replaced by {how} (missing)."
        if self.empty:
            yield f"{self.empty:,} dimensions of series had no value at all and became zeros."
        if self.is_standardised:
            yield "Each dimension of each series was brought to mean 0 and deviation 1 (standardise)."
        if self.constant:
            yield f"{self.constant:,} dimensions of series are the same at all steps, so they became zeros."


def _notes_of(parts: list[LabelledSeries]) -> list[str]:
    """The notes of the files; those that not all of them share with the file's name."""
    shared = set.intersection(*(set(part.notes) for part in parts))
    return [note if note in shared else f"{printable(part.path.name)}: {note}" for part in parts for note in part.notes]


def _length_notes(lengths: list[int], length: int) -> Iterator[str]:
    """Notes on series that were padded or cut."""
    shorter, longer = sum(each < length for each in lengths), sum(each > length for each in lengths)
    if shorter:
        yield (
            f"The series have {min(lengths):,} to {max(lengths):,} steps; {shorter:,} of {len(lengths):,} were filled "
            f"up to {length:,} with zeros at the end (length)."
        )
    if longer:
        yield f"{longer:,} of {len(lengths):,} series were cut to their first {length:,} steps (length)."


def _classes(parts: dict[str, LabelledSeries]) -> tuple[tuple[str, ...], dict[str, Array], list[str]]:
    """Names of the classes, the number of each series by split, and notes.

    Classes that are all numbers stand in their order, others as the file declares them or by name.
    """
    labels = {split: [composed(each) for each in part.labels] for split, part in parts.items()}
    notes = []
    every = list(dict.fromkeys(each for some_labels in labels.values() for each in some_labels))
    if all(_is_float(each) for each in every):
        plain = {each: f"{float(each):.15g}" for each in every}
        changed = [f"{each} as {plain[each]}" for each in every if each != plain[each]]
        if changed:
            notes.append(f"Classes are numbers and were named plainly ({len(changed):,}): {some(changed)}")
        labels = {split: [plain[each] for each in some_labels] for split, some_labels in labels.items()}
        order = sorted(set(plain.values()), key=float)
    else:
        declared = [composed(each) for part in parts.values() for each in part.classes]
        order = list(dict.fromkeys(each for each in declared if each in every)) or sorted(every)
    if unused := [each for each in dict.fromkeys(parts["train"].classes) if composed(each) not in every]:
        notes.append(f"Classes that are declared and that no series is of, left out ({len(unused):,}): {some(unused)}")
    number = {name: index for index, name in enumerate(order)}
    made = {split: np.array([number[each] for each in some_labels], np.int64) for split, some_labels in labels.items()}
    return class_names(order), made, notes


def _is_float(text: str) -> bool:
    try:
        return np.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _other_part(path: Path) -> Path | None:
    """The path that the other part of the data has, for one with _TRAIN or _TEST in its name; None for others."""
    found = list(PART.finditer(path.name))
    if not found:
        return None
    start, end = found[-1].span(1)
    word = path.name[start:end]
    other = OTHER.get(word) or OTHER[word.upper()]
    return path.with_name(f"{path.name[:start]}{other}{path.name[end:]}")


def _split_of(path: Path) -> str:
    """Which part a file or folder is by its name; "" if its name does not say."""
    found = PART.findall(path.name)
    return found[-1].lower() if found else ""


def _held(folder: Path) -> list[Path]:
    """The files of series in a folder, by their names; of several suffixes of one name the first."""
    try:
        files = [each for each in listed(folder) if each.suffix.lower() in SUFFIXES and each.name[:1] != "."]
    except UnreadableError:
        return []
    files.sort(key=lambda each: SUFFIXES.index(each.suffix.lower()))
    found: dict[str, Path] = {}
    for each in files:
        if is_plain_file(each) and (each.suffix.lower() in (".ts", ".arff") or _split_of(each)):
            found.setdefault(each.stem, each)
    return sorted(found.values())


def _one_in(folder: Path) -> Path:
    """The one data set of a folder: its file, or its training part."""
    listed(folder)
    files = _held(folder)
    train = [each for each in files if _split_of(each) != "test"] or files
    if len(train) != 1:
        found = f"there are several: {some(each.name for each in train)}" if train else "there is none in this folder."
        raise UnreadableError(
            folder, f"one data set is needed (.ts, .arff, or NAME_TRAIN.tsv and .csv), but {found} Choose a file."
        )
    return train[0]


def _files(path: Path) -> tuple[dict[str, Path], list[str]]:
    """The file of each split, and notes on those that are not as they should be."""
    other = _other_part(path)
    if is_folder(path):
        if other is None or not is_folder(other):
            return _files(_one_in(path))
        return {_split_of(each): _one_in(each) for each in (path, other)}, []
    if other is None:
        return {"train": path}, []
    beside = [each for each in (other, *(other.with_suffix(suffix) for suffix in SUFFIXES)) if exists(each)]
    if not beside:
        what = "training" if _split_of(path) == "train" else "test"
        return {"train": path}, [f"There is no {printable(other.name)} beside this {what} part, so it is all there is."]
    notes = []
    if beside[0] != other:
        notes.append(f"There is no {printable(other.name)}; {printable(beside[0].name)} was taken in its place.")
    return {_split_of(path): path, _split_of(other): beside[0]}, notes

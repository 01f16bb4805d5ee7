"""Reads files of series with a class each: `.ts` of sktime, `.tsv` of the UCR archive, wide `.csv`, and `.arff`."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.data.folder_listing import some
from workbench.data.listening import heard
from workbench.data.spec import Array
from workbench.data.text_file import read_text
from workbench.data.text_table import LARGEST, MISSING, TextTable, read_table

LABEL_COLUMNS = ("label", "class", "target", "y")
NUMBER_COLUMNS = frozenset({"", "id", "index", "unnamed: 0", "row"})  # columns that count rows
MOST_DIMENSIONS = 10_000
ATTRIBUTE = re.compile(r"@attribute\s+(?:'(?P<one>[^']*)'|\"(?P<two>[^\"]*)\"|(?P<plain>\S+))\s+(?P<type>.*)", re.I)
TRUE = frozenset({"true", "yes", "1"})
NUMERIC = frozenset({"numeric", "real", "integer"})


@dataclass(frozen=True)
class LabelledSeries:
    """The series of one file.

    Attributes:
        path: the file.
        series: for each series its dimensions, each of its own length, NaN where a value is missing.
        labels: the class of each series, as the file writes it.
        classes: the classes in the order that the file declares; empty where it declares none.
        notes: how the file was understood.
    """

    path: Path
    series: list[list[Array]]
    labels: list[str]
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_series(path: Path, label: str | None = None) -> LabelledSeries:
    """Reads a file of series by its suffix.

    Args:
        path: of the file.
        label: of a table, the name of the column of classes; found by its name by default.

    Raises:
        UnreadableError: it is none of the formats, or a line of it is wrong; names the line and the value.
        UsageError: there is no such column.
    """
    reader = READERS.get(path.suffix.lower())
    if path.suffix.lower() == ".csv":
        found = _read_csv(path, label)
    elif reader is None:
        raise UnreadableError(path, f"series are read from {', '.join((*READERS, '.csv'))}. Choose such a file.")
    else:
        found = reader(path)
    if not found.series:
        raise UnreadableError(path, "there are no series in it.")
    for number, each in enumerate(found.series, start=1):
        if len(each) != len(found.series[0]):
            raise UnreadableError(
                path,
                f"series {number:,} has {len(each):,} dimensions, but the first has {len(found.series[0]):,}. Mend it.",
            )
    return found


def _values(path: Path, line: int, cells: list[str]) -> Array:
    """The numbers of one dimension, NaN where one is missing."""
    if not cells or cells == [""]:
        raise UnreadableError(path, f"line {line:,} has a dimension without values. Leave that series out.")
    try:
        values = np.array([float("nan") if cell.strip().lower() in MISSING else float(cell) for cell in cells])
    except ValueError:
        values = np.array([float("inf")])
    if (np.abs(values) > LARGEST).any() or any("_" in cell for cell in cells):
        number, cell = next((i, each) for i, each in enumerate(cells, start=1) if not _is_number(each))
        raise UnreadableError(
            path, f'line {line:,}, value {number:,} is "{printable(cell.strip())}", no finite number.'
        )
    return values


def _is_number(cell: str) -> bool:
    try:
        return cell.strip().lower() in MISSING or ("_" not in cell and abs(float(cell)) <= LARGEST)
    except ValueError:
        return False


def without_end(series: list[Array]) -> tuple[list[Array], int]:
    """Returns series whose missing values at the end are taken as their end, as UCR pads; and how many there are."""
    cut = []
    for each in heard(series, "series"):
        there = np.flatnonzero(~np.isnan(each))
        cut.append(each[: there[-1] + 1] if len(there) else each[:1])
    return cut, sum(len(one) < len(other) for one, other in zip(cut, series, strict=True))


def end_note(count: int) -> tuple[str, ...]:
    """Returns what a person should know where so many series were given an end."""
    return (f"Missing values at the end of {count:,} series were taken as their end.",) if count else ()


def _meaningful(text: str, comment: str) -> Iterator[tuple[int, str]]:
    """The lines of a text that are neither empty nor comments, with their numbers."""
    for number, line in enumerate(heard(text.split("\n"), "lines"), start=1):
        if (plain := line.strip()) and not plain.startswith(comment):
            yield number, plain


def _ts_header(path: Path, number: int, line: str, header: dict[str, list[str]]) -> bool:
    """Takes up one line of the header; whether it is the last one."""
    if not line.startswith("@"):
        told = printable(line, 60)
        raise UnreadableError(path, f'line {number:,} is "{told}", but the header of a .ts file has lines with @.')
    key, *words = line[1:].split() or [""]
    header[key.lower()] = words
    if key.lower() != "data":
        return False
    if (header.get("timestamps") or [""])[0].lower() in TRUE:
        raise UnreadableError(path, "its values have time stamps, which are not read. Save it without them.")
    if "targetlabel" in header:
        raise UnreadableError(path, "its targets are numbers, but a class for each series is needed.")
    if (header.get("classlabel") or ["true"])[0].lower() not in TRUE:
        raise UnreadableError(path, "it has no classes (@classLabel false), but a class for each series is needed.")
    return True


def _read_ts(path: Path) -> LabelledSeries:
    text, notes = read_text(path)
    header: dict[str, list[str]] = {}
    series: list[list[Array]] = []
    labels: list[str] = []
    in_data = False
    for number, line in _meaningful(text, "#"):
        if not in_data:
            in_data = _ts_header(path, number, line, header)
            continue
        *dimensions, label = line.split(":")
        declared = header.get("classlabel", [])[1:]
        if not dimensions:
            raise UnreadableError(path, f'line {number:,} has no ":", behind which the class of its series stands.')
        if len(dimensions) > MOST_DIMENSIONS:
            raise UnreadableError(path, f"line {number:,} has more than {MOST_DIMENSIONS:,} dimensions.")
        if not label.strip() or (declared and label.strip() not in declared):
            raise UnreadableError(
                path,
                f'line {number:,} is of the class "{printable(label.strip())}", but the header declares '
                f"{some(declared or ['none'])}",
            )
        series.append([_values(path, number, each.split(",")) for each in dimensions])
        labels.append(label.strip())
    if not in_data:
        raise UnreadableError(path, "there is no line @data in it, so it is no .ts file of series or is cut off.")
    found = (header.get("dimensions") or header.get("dimension") or ["?"])[0]
    if found.isdecimal() and series and int(found) != len(series[0]):
        notes += (f"The header declares {found} dimensions; there are {len(series[0])}, which were taken.",)
    return LabelledSeries(path, series, labels, tuple(dict.fromkeys(header.get("classlabel", [])[1:])), notes)


def _read_tsv(path: Path) -> LabelledSeries:
    text, notes = read_text(path)
    series, labels = [], []
    for number, line in _meaningful(text, "#"):
        label, *cells = line.split("\t")
        if not cells:
            raise UnreadableError(path, f"line {number:,} has no tab: the class and the values are parted by tabs.")
        if label.strip().lower() in MISSING:
            raise UnreadableError(path, f"line {number:,} has no class in front of its values.")
        series.append(_values(path, number, cells))
        labels.append(label.strip())
    cut, count = without_end(series)
    return LabelledSeries(path, [[each] for each in cut], labels, (), (*notes, *end_note(count)))


def _label_column(table: TextTable, label: str | None) -> tuple[int, str]:
    """The column of classes, and why it is that one, as the end of a sentence."""
    if label is not None:
        return table.index("label", label), ""
    if (named := table.found(LABEL_COLUMNS)) is not None:
        return named, "by its name"
    words = [column for column in range(len(table.header)) if not table.is_numeric(column)]
    if len(words) == 1:
        return words[0], "as the only one that does not hold numbers"
    return len(table.header) - 1, "as the last one"


def _read_csv(path: Path, label: str | None) -> LabelledSeries:
    table = read_table(path)
    if all(table.number(name) is not None for name in table.header):
        raise UnreadableError(
            path, "its first line holds numbers alone, so it has no header. Give names to its columns."
        )
    chosen, why = _label_column(table, label)
    labels = table.cells(chosen)
    if (row := next((i for i, each in enumerate(labels) if each.lower() in MISSING), None)) is not None:
        raise table.bad_cell(row, chosen, "a class is needed there.")
    left_out = [i for i, name in enumerate(table.header) if i != chosen and name.casefold() in NUMBER_COLUMNS]
    columns = [i for i in range(len(table.header)) if i != chosen and i not in left_out]
    if not columns:
        raise UnreadableError(path, "there is no column of values beside the class.")
    values = np.stack([table.numbers(column) for column in columns], axis=1)
    cut, count = without_end(list(values))
    notes = [*table.notes]
    if why:
        notes.append(f'The column "{printable(table.header[chosen])}" was taken as the class, {why}.')
    if left_out:
        told = some(f'"{table.header[i]}"' for i in left_out)
        notes.append(f"Columns that count the rows, left out ({len(left_out):,}): {told}")
    return LabelledSeries(path, [[each] for each in cut], labels, (), (*notes, *end_note(count)))


def _arff_classes(path: Path, types: list[str]) -> tuple[str, ...]:
    """The classes that the last attribute of an .arff file declares."""
    if not types:
        raise UnreadableError(path, "it declares no attributes before @data.")
    if any(each.lower().startswith("relational") for each in types):
        raise UnreadableError(path, "its series are of several dimensions (relational). Take the .ts file of it.")
    *values, last = types
    if not (last.startswith("{") and last.endswith("}")):
        raise UnreadableError(
            path, f'its last attribute is "{printable(last, 60)}", but the classes in {{}} are needed.'
        )
    if other := [each for each in values if each.split()[0].lower() not in NUMERIC]:
        raise UnreadableError(path, f'an attribute of type "{printable(other[0], 60)}" is no value of a series.')
    return tuple(dict.fromkeys(each.strip().strip("'\"") for each in last[1:-1].split(",")))


def _read_arff(path: Path) -> LabelledSeries:
    text, notes = read_text(path)
    types: list[str] = []
    classes: tuple[str, ...] = ()
    series, labels = [], []
    for number, line in _meaningful(text, "%"):
        if not classes:
            if found := ATTRIBUTE.fullmatch(line):
                types.append(found["type"].strip())
            elif line.lower() == "@data":
                classes = _arff_classes(path, types)
            elif not line.lower().startswith("@relation"):
                raise UnreadableError(path, f'line {number:,} is "{printable(line, 60)}", no header of an .arff file.')
            continue
        *cells, label = next(csv.reader([line], quotechar="'", skipinitialspace=True))
        if line.startswith("{") or len(cells) != len(types) - 1:
            raise UnreadableError(
                path, f"line {number:,} has {len(cells) + 1:,} values, but {len(types):,} attributes are declared."
            )
        if (label := label.strip().strip('"')) not in classes:
            raise UnreadableError(
                path, f'line {number:,} is of the class "{printable(label)}", but declared are {some(classes)}'
            )
        series.append(_values(path, number, cells))
        labels.append(label)
    if not classes:
        raise UnreadableError(path, "there is no line @data in it, so it is no .arff file or is cut off.")
    cut, count = without_end(series)
    return LabelledSeries(path, [[each] for each in cut], labels, classes, (*notes, *end_note(count)))


READERS: dict[str, Callable[[Path], LabelledSeries]] = {".ts": _read_ts, ".tsv": _read_tsv, ".arff": _read_arff}

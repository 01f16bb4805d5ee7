"""Tables of picture files and what is known about each: where the files are, and what the columns mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import entries, is_folder, is_plain_file, listed
from workbench.data.folder_listing import MOST_FILES, some
from workbench.data.pictures import SUFFIXES
from workbench.data.split_names import split_of
from workbench.data.text_table import TextTable, read_table

Meaning = Literal["class", "labels", "value"]

FILE_NAMES = ("file_name", "file", "filename", "path", "filepath", "file_path", "image", "image_path", "img",
              "img_path", "picture", "image_name", "image_id", "id_code", "id")  # fmt: skip
LABEL_NAMES = ("label", "class", "category", "class_name", "label_name", "diagnosis", "labels", "target", "y")
SPLIT_NAMES = ("split", "set", "subset", "partition")
TABLES = (".csv", ".tsv")
METADATA = ("metadata.csv", "metadata.tsv", "labels.csv", "labels.tsv")  # the first that is there
EMPTY = frozenset({"", "nan", "na", "n/a"})
MOST_CLASSES = 1000
MOST_NUMBERS = 100  # different whole numbers that may be classes
DEEPEST = 4  # folders below that of the table in which its files are looked for


@dataclass
class Rows:
    """What the tables say.

    Attributes:
        paths: of the pictures that are there, one for each row.
        splits: of each; "" where the table does not say.
        cells: the cells of each row in the columns of labels.
        columns: their names.
        places: where each row stands, for errors: its table and line.
        notes: what a person should know.
    """

    columns: tuple[str, ...] = ()
    paths: list[Path] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    places: list[tuple[Path, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def tables_at(place: Path) -> list[tuple[str, Path]]:
    """Returns the tables that a path leads to, each with the split that its name or its folder says ("" for none).

    A file alone is itself; with `train.csv` go `test.csv` and the like beside it. In a folder it is `metadata.csv` or
    `labels.csv`, that of each folder of a split, or the only table that there is.

    Raises:
        UnreadableError: there is none, or several of which none is called metadata.csv.
    """
    if not is_folder(place):
        if not split_of(place.stem):
            return [("", place)]
        beside = [path for path in listed(place.parent) if path.suffix.lower() == place.suffix.lower()]
        found = [(split_of(path.stem) or "", path) for path in beside if split_of(path.stem)]
        return found or [("", place)]
    inside = listed(place)
    if (found_there := metadata_in(place)) is not None:
        return [("", found_there)]
    tables = [
        (split_of(folder.name) or "", path)
        for folder in inside
        if is_folder(folder) and split_of(folder.name) and (path := metadata_in(folder)) is not None
    ]
    if tables:
        return tables
    loose = [path for path in inside if path.suffix.lower() in TABLES and not is_folder(path)]
    if loose and all(split_of(path.stem) for path in loose):
        return [(split_of(path.stem) or "", path) for path in loose]
    if len(loose) != 1:
        told = f"there are {len(loose)} tables in it: {some(path.name for path in loose)}" if loose else "it has none."
        raise UnreadableError(place, f"a table metadata.csv of its pictures is needed; {told} Choose one of them.")
    return [("", loose[0])]


def metadata_in(folder: Path) -> Path | None:
    """Returns the table of a folder that has one of the usual names; None if there is none."""
    found = {path.name.lower(): path for path in listed(folder) if is_plain_file(path)}
    return next((found[name] for name in METADATA if name in found), None)


def read_rows(place: Path, *, file: str | None, label: str | None) -> Rows:
    """Reads the tables and finds the pictures; rows without a picture or a label are left out with a note.

    Args:
        place: a table or a folder with one.
        file: the column of the pictures; guessed where it is None.
        label: the columns of what is known, parted by commas; guessed where it is None.

    Raises:
        UnreadableError: no picture is there, or columns cannot be guessed.
        UsageError: a column that was named is not there.
    """
    rows = Rows()
    for split, path in tables_at(place):
        table = read_table(path)
        rows.notes += table.notes
        column = table.header[table.index("file", file)] if file else _file_column(table)
        named = label.split(",") if label else ()
        columns = tuple(table.header[table.index("label", name.strip())] for name in named)
        columns = columns or rows.columns or _label_columns(table, column)
        rows.columns = columns
        _add(rows, table, column, split)
    if not rows.paths:
        raise UnreadableError(place, f"none of its pictures is there. {' '.join(rows.notes)}")
    return rows


def _add(rows: Rows, table: TextTable, column: str, split: str) -> None:
    """Adds the rows of one table."""
    places = [table.at(name) for name in rows.columns]
    by = table.find(SPLIT_NAMES)
    if by and (by in rows.columns or not all(split_of(cell) for cell in table.column(by))):
        by = ""
    files = PictureFiles(table.path.parent)
    missing, empty = [], []
    for number, cell in enumerate(table.column(column)):
        cells = [table.rows[number][at].strip() for at in places]
        found = files.find(cell.strip())
        if any(each.lower() in EMPTY for each in cells):
            empty.append(f"line {table.lines[number]}")
        elif found is None:
            missing.append(cell.strip() or f"line {table.lines[number]}")
        else:
            rows.paths.append(found)
            rows.splits.append((split_of(table.rows[number][table.at(by)]) or "") if by else split)
            rows.cells.append(cells)
            rows.places.append((table.path, table.lines[number]))
    name = printable(table.path.name)
    if missing:
        rows.notes.append(
            f"{len(missing):,} of {len(table.rows):,} pictures of {name} are not there, left out: {some(missing)}"
        )
    if empty:
        rows.notes.append(
            f"{len(empty):,} of {len(table.rows):,} rows of {name} have an empty cell, left out: {some(empty)}"
        )


class PictureFiles:
    """Finds the pictures that cells name: below the folder of the table, with or without their folders and endings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_name: dict[str, list[Path]] | None = None

    def find(self, cell: str, split: str = "") -> Path | None:
        """Returns the picture of that name; None if there is none, or several in different folders.

        Args:
            cell: its name, perhaps with folders, perhaps without its ending.
            split: whose folders count where several have a picture of that name.
        """
        if not cell or "\0" in cell:
            return None
        direct = self._folder / cell.replace("\\", "/")
        if is_plain_file(direct):
            return direct
        if self._by_name is None:
            self._by_name = {}
            for path in _pictures_in(self._folder, DEEPEST):
                for name in (path.name, path.stem):
                    self._by_name.setdefault(name, []).append(path)
        found = self._by_name.get(direct.name, [])
        if len(found) > 1 and split:
            found = [path for path in found if split in map(_split_of_folder, path.relative_to(self._folder).parts)]
        return found[0] if len(found) == 1 else None


def _split_of_folder(name: str) -> str | None:
    """The split that a folder such as `train2017` is named after."""
    return split_of(name.rstrip("0123456789"))


def _pictures_in(folder: Path, depth: int) -> Iterator[Path]:
    found = [entry for entry in entries(folder, missing_ok=True) if not entry.name.startswith(".")]
    if len(found) > MOST_FILES:
        raise UnreadableError(folder, f"it has more than {MOST_FILES:,} files. Take a part of it.")
    for entry in found:
        if Path(entry.name).suffix.lower() in SUFFIXES:
            yield folder / entry.name
        elif depth and is_folder(entry.path):
            yield from _pictures_in(folder / entry.name, depth - 1)


def names_pictures(table: TextTable) -> bool:
    """Returns whether a column of the table holds names of picture files, from its first rows."""
    return any(_are_pictures(table, column) for column in table.header)


def _are_pictures(table: TextTable, column: str) -> bool:
    at = table.at(column)
    cells = [row[at].strip() for row in table.rows[:20]]
    return all(Path(cell).suffix.lower() in SUFFIXES for cell in cells)


def _file_column(table: TextTable) -> str:
    found = next((column for column in table.header if _are_pictures(table, column)), "") or table.find(FILE_NAMES)
    if not found:
        have = ", ".join(map(printable, table.header[:12]))
        raise UnreadableError(
            table.path, f"which column holds the picture files? There are: {have}. Name one with file=NAME."
        )
    return found


def _label_columns(table: TextTable, file: str) -> tuple[str, ...]:
    """The column called label or the like; else all others, if they are 0 and 1, or if it is one."""
    if (found := table.find(LABEL_NAMES)) and found != file:
        return (found,)
    splits = {name for name in table.header if name.lower() in SPLIT_NAMES}
    others = tuple(name for name in table.header if name != file and name not in splits)
    if len(others) == 1 or (others and all(_is_binary(cell) for name in others for cell in table.column(name))):
        return others
    have = ", ".join(map(printable, table.header[:12]))
    raise UnreadableError(
        table.path, f"which column holds the labels? There are: {have}. Name one, or several, with label=NAME."
    )


def _is_binary(cell: str) -> bool:
    return cell.strip() in ("0", "1", "0.0", "1.0") or cell.strip().lower() in EMPTY


def meaning_of(rows: Rows) -> Meaning:
    """Guesses what the labels are: several columns of 0 and 1 are labels, other numbers values, the rest a class."""
    cells = [cell for row in rows.cells for cell in row]
    if len(rows.columns) > 1:
        return "labels" if all(_is_binary(cell) for cell in cells) else "value"
    if any("|" in cell for cell in cells):
        return "labels"
    numbers = [_number(cell) for cell in cells]
    if any(number is None for number in numbers):
        return "class"
    different = {number for number in numbers if number is not None}
    if not all(number.is_integer() for number in different):
        return "value"
    is_called_class = rows.columns[0].strip().lower() in LABEL_NAMES[:-2]
    are_few = len(different) <= MOST_NUMBERS and (is_called_class or 2 * len(different) <= len(cells))
    return "class" if are_few else "value"


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def numbers_of(rows: Rows) -> list[list[float]]:
    """Returns the cells as numbers.

    Raises:
        UnreadableError: one of them is none; names table, line, column and cell.
    """
    made = []
    for cells, (path, line) in zip(rows.cells, rows.places, strict=True):
        found = [_number(cell) for cell in cells]
        if None in found:
            at = found.index(None)
            place = f"line {line}, column {rows.columns[at]}"
            raise UnreadableError(path, f'"{printable(cells[at])}" is no number.', field=place)
        made.append([number for number in found if number is not None])
    return made


def tags_of(rows: Rows) -> tuple[list[list[float]], tuple[str, ...]]:
    """Returns for each row a 0 or 1 for each label, and the labels' names: columns, or what bars part in one column.

    Raises:
        UnreadableError: a cell of several columns is neither 0 nor 1, or there are too many labels.
    """
    if len(rows.columns) > 1:
        numbers = numbers_of(rows)
        for row, (path, line) in zip(numbers, rows.places, strict=True):
            if wrong := [at for at, number in enumerate(row) if number not in (0, 1)]:
                place = f"line {line}, column {rows.columns[wrong[0]]}"
                raise UnreadableError(path, f"{row[wrong[0]]:g} is neither 0 nor 1.", field=place)
        return numbers, rows.columns
    split = [[tag.strip() for tag in cells[0].split("|") if tag.strip()] for cells in rows.cells]
    names = sorted({tag for tags in split for tag in tags})
    if len(names) > MOST_CLASSES:
        raise UnreadableError(rows.places[0][0], f"it has {len(names):,} labels; at most {MOST_CLASSES:,} are taken.")
    return [[float(name in tags) for name in names] for tags in split], tuple(names)


def split_numbers(rows: Rows, splits: Sequence[str]) -> list[int]:
    """Returns for each row the place of its split; without a word about it a row is for training."""
    return [splits.index(split or "train") for split in rows.splits]

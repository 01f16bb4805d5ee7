"""Reads tables of text, as CSV files hold them: a header, then rows of as many cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.data.folder_listing import some
from workbench.data.listening import TOGETHER, heard, telling
from workbench.data.spec import Array
from workbench.data.text_file import first_lines, read_text

MOST_CELLS = 20_000_000
MOST_COLUMNS = 100_000
LARGEST = float(np.finfo(np.float32).max)
LONGEST_FIRST_LINE = 2**20  # characters that are looked at to see what parts the cells
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
QUOTED = re.compile(r'"[^"]*"')
MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "#n/a", "-"})


@dataclass(frozen=True)
class TextTable:
    """One file's table.

    Attributes:
        path: the file.
        header: names of the columns, no two the same.
        rows: the cells, as many in each row as there are columns, without blanks around them.
        lines: for each row the line of the file that it ends on.
        notes: how it was understood.
        has_decimal_commas: whether a comma within a number is its decimal sign.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: list[int]
    notes: tuple[str, ...] = ()
    has_decimal_commas: bool = False

    def place(self, row: int) -> str:
        """Returns where a row is, for people: as they count rows, and the line of the file."""
        return f"row {row + 1:,} (line {self.lines[row]:,})"

    def index(self, option: str, name: str) -> int:
        """Returns the number of a column that an option names.

        Raises:
            UsageError: there is no such column; lists those that there are.
        """
        for same in (name, name.strip().casefold()):
            for number, each in enumerate(self.header):
                if same in (each, each.casefold()):
                    return number
        raise UsageError(
            f"{option}={printable(name)}: there is no such column in {printable(self.path)}. "
            f"There are: {some(self.header)}"
        )

    def found(self, names: Sequence[str]) -> int | None:
        """Returns the number of the first column that has one of the names, whatever its capitals; None if none has."""
        plain = [plain_name(each) for each in self.header]
        return next((plain.index(known) for known in map(plain_name, names) if known in plain), None)

    def find(self, names: Sequence[str]) -> str:
        """Returns the first of the columns that has one of the names, whatever its capitals; "" if none has."""
        found = self.found(names)
        return "" if found is None else self.header[found]

    def at(self, name: str) -> int:
        """Returns the number of a column that another table has too.

        Raises:
            UnreadableError: there is no such column; lists those that there are.
        """
        if name not in self.header:
            raise UnreadableError(self.path, f'it has no column "{printable(name)}"; there are: {some(self.header)}')
        return self.header.index(name)

    def column(self, name: str) -> list[str]:
        """Returns the texts of the column of that name.

        Raises:
            UnreadableError: there is no such column; lists those that there are.
        """
        return self.cells(self.at(name))

    def cells(self, column: int) -> list[str]:
        """Returns the texts of one column."""
        return [row[column] for row in self.rows]

    def number(self, text: str) -> float | None:
        """Returns a cell's number, NaN where it says that there is none; None where it is no number."""
        if text.lower() in MISSING:
            return float("nan")
        if self.has_decimal_commas and "." not in text:
            text = text.replace(",", ".")
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return None

    def is_numeric(self, column: int) -> bool:
        """Returns whether every cell of a column is a number or missing, and one is a number."""
        found = [self.number(row[column]) for row in heard(self.rows, "rows")]
        return None not in found and any(each == each for each in found)

    def numbers(self, column: int) -> Array:
        """Returns the numbers of one column, NaN where a cell says that there is none.

        Raises:
            UnreadableError: a cell is no number or infinite; names row, column and cell.
        """
        found = np.empty(len(self.rows))
        for row, cells in enumerate(heard(self.rows, "rows")):
            value = self.number(cells[column])
            if value is None:
                raise self.bad_cell(row, column, "this is no number.")
            if abs(value) > LARGEST:
                raise self.bad_cell(row, column, "this is not finite in single precision.")
            found[row] = value
        return found

    def bad_cell(self, row: int, column: int, reason: str) -> UnreadableError:
        """Returns the error for one cell: its place, what it holds, and what is wrong with it."""
        cell = self.rows[row][column]
        told = f'"{printable(cell)}"' if cell else "an empty cell"
        place = f'{self.place(row)}, column "{printable(self.header[column])}"'
        return UnreadableError(self.path, f"{place} holds {told}: {reason}")


def read_table(path: Path) -> TextTable:
    """Reads a table with a header, its cells parted by commas, semicolons or tabs.

    Raises:
        UnreadableError: it cannot be read, is no such table, or its rows have different numbers of cells.
    """
    text, notes = read_text(path)
    delimiter = _delimiter(text)
    rows, lines, empty = _parsed(path, text, delimiter)
    header = _header(path, rows[0])
    for row, line in zip(rows[1:], lines[1:], strict=True):
        if len(row) != len(header):
            number = lines.index(line)
            raise UnreadableError(
                path,
                f"row {number:,} (line {line:,}) has {len(row):,} cells, but the header has {len(header):,}. "
                "Mend that row.",
            )
    if len(rows) == 1:
        raise UnreadableError(path, f"there is a header ({some(header)[:-1]}) and no row below it.")
    more = []
    if delimiter != ",":
        more.append(f"The cells are parted by {DELIMITERS[delimiter]}.")
    if empty:
        more.append(f"Empty lines between the rows, left out ({len(empty):,}): lines {some(map(str, empty))}")
    commas = delimiter == ";" and any("," in cell for row in rows[1:100] for cell in row)
    if commas:
        more.append("A comma in a number was taken as its decimal sign.")
    return TextTable(path, header, rows[1:], lines[1:], (*notes, *more), commas)


def header_of(path: Path) -> tuple[str, ...]:
    """Returns the names in the first line of a table; none where the file is no text."""
    lines = first_lines(path, 1)
    if not lines:
        return ()
    try:
        row = next(csv.reader(lines, delimiter=_delimiter(lines[0])), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in row)


def plain_name(name: str) -> str:
    """Returns the name of a column without capitals, spaces and dashes, by which columns are known."""
    return name.casefold().replace("_", "").replace(" ", "").replace("-", "")


def _delimiter(text: str) -> str:
    """What parts the cells: whatever parts the first line into most."""
    line = QUOTED.sub("", text[:LONGEST_FIRST_LINE].lstrip("\r\n").split("\n", 1)[0])
    return max(DELIMITERS, key=line.count)


def _parsed(path: Path, text: str, delimiter: str) -> tuple[list[tuple[str, ...]], list[int], list[int]]:
    """The rows with the header, the line that each ends on, and the lines that are empty between them."""
    rows: list[tuple[str, ...]] = []  # as tuples the collector of garbage passes them over, which lists are not
    lines: list[int] = []
    empty: list[int] = []
    cells, tell = 0, telling(text.count("\n") + 2, "lines")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not reader.line_num % TOGETHER:
                tell(reader.line_num)
            if not row or (len(row) == 1 and not row[0].strip()):
                empty.append(reader.line_num)
                continue
            cells += len(row)
            if cells > MOST_CELLS:
                raise UnreadableError(path, f"it has more than {MOST_CELLS:,} cells. Take a part of it.")
            rows.append(tuple(cell.strip() for cell in row))
            lines.append(reader.line_num)
    except csv.Error as error:
        reason = printable(error).rstrip(".")
        raise UnreadableError(path, f"line {reader.line_num:,} is no row of a table ({reason}). Mend it.") from None
    last = lines[-1] if lines else 0
    return rows, lines, [line for line in empty if lines[0] < line < last]


def _header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > MOST_COLUMNS:
        raise UnreadableError(path, f"it has {len(names):,} columns; at most {MOST_COLUMNS:,} are taken.")
    first: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name in first:
            raise UnreadableError(
                path,
                f'two columns are called "{printable(name)}" (columns {first[name]:,} and {number:,}). Rename one, '
                "or give the file a header if it has none.",
            )
        first[name] = number
    return tuple(names)

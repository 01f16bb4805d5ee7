"""Tables in text files: rows of cells with a header, as spreadsheets and statistics programs write them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import read_bytes

LARGEST = 2**30  # bytes of a file
LONGEST_CELL = 10**6  # characters
DELIMITERS = ",;\t|"
MOST_NAMED = 12  # columns that an error lists


@dataclass(frozen=True)
class TableFile:
    """The cells of a file.

    Attributes:
        path: the file.
        columns: their names.
        rows: the cells of each row, one for each column.
        lines: for each row the number of its last line in the file, from 1.
        notes: what a person should know about how it was read.
    """

    path: Path
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """Returns the cells of a column.

        Raises:
            UnreadableError: there is no such column; names those that there are.
        """
        at = self.index(name)
        return [row[at] for row in self.rows]

    def index(self, name: str) -> int:
        """Returns where a column stands.

        Raises:
            UnreadableError: there is no such column; names those that there are.
        """
        if name not in self.columns:
            more = "" if len(self.columns) <= MOST_NAMED else ", …"
            have = ", ".join(map(printable, self.columns[:MOST_NAMED]))
            raise UnreadableError(self.path, f'it has no column "{printable(name)}"; there are: {have}{more}.')
        return self.columns.index(name)

    def find(self, names: Iterable[str]) -> str:
        """Returns the first of these columns that there is, whatever its capitals; "" if there is none."""
        known = {column.strip().casefold(): column for column in reversed(self.columns)}
        return next((known[name.casefold()] for name in names if name.casefold() in known), "")

    def number(self, row: int, column: str) -> float:
        """Returns a cell as a number.

        Raises:
            UnreadableError: it is none; names line, column and cell.
        """
        cell = self.rows[row][self.index(column)].strip()
        try:
            return float(cell)
        except ValueError:
            what = f'"{printable(cell)}" is no number' if cell else "the cell is empty"
            raise UnreadableError(self.path, f"{what}.", field=f"line {self.lines[row]}, column {column}") from None


def read_table(path: Path, *, has_header: bool = True) -> TableFile:
    """Reads a table; commas, semicolons, tabs or bars part its cells, whichever the first line has most of.

    Args:
        path: of a text file: UTF-8, or else Latin-1, which a note says.
        has_header: whether its first row names the columns; else they are numbered from 0.

    Raises:
        UnreadableError: it is empty, too large, no text, or a row has another number of cells than the first one.
    """
    text, notes = decoded(path)
    delimiter = delimiter_of(text) if path.suffix.lower() != ".tsv" else "\t"
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines = [], []
    try:
        for row in reader:
            if row and row != [""]:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        reason = f"it cannot be read as a table ({error})."
        raise UnreadableError(path, reason, field=f"line {reader.line_num}") from None
    if not rows:
        raise UnreadableError(path, "there are no rows in it.")
    width = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise UnreadableError(
                path, f"it has {len(row)} cells, where the first row has {width}.", field=f"line {line}"
            )
    if not has_header:
        return TableFile(path, tuple(map(str, range(width))), rows, lines, notes)
    columns = tuple(name.strip() for name in rows[0])
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise UnreadableError(path, f'two of its columns are called "{printable(twice[0])}". Name them apart.')
    if not rows[1:]:
        raise UnreadableError(path, "there is nothing below its header.")
    return TableFile(path, columns, rows[1:], lines[1:], notes)


def decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    """Returns the text of a file, and a note where it was not UTF-8.

    Raises:
        UnreadableError: it cannot be read, is too large, or is no text.
    """
    data = read_bytes(path, LARGEST)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise UnreadableError(path, "it begins as UTF-16, but is not.") from None
    if b"\x00" in data:
        raise UnreadableError(path, "it is no text: it holds bytes of zero.")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        note = f"{printable(path.name)} is not UTF-8 (at byte {error.start:,}); it was read as Latin-1."
        return data.decode("latin-1"), (note,)


def delimiter_of(text: str) -> str:
    """Returns what parts the cells: of the usual characters the one that the first line has most of, unquoted."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=lambda each: (bare.count(each), -DELIMITERS.index(each)))

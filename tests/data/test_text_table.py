"""Tables of text: headers, cells, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data import text_table
from workbench.data.text_file import NOT_UTF8, first_lines, read_text
from workbench.data.text_table import header_of, read_table


def written(folder: Path, data: str | bytes) -> Path:
    file = folder / "a.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def test_a_table_with_a_mark_crlf_and_quotes(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, '\ufeffname,"a, b",c\r\n"x, ""y""",1, 2 \r\n"two\r\nlines",3,\r\n'))
    assert table.header == ("name", "a, b", "c")
    assert table.rows == [('x, "y"', "1", "2"), ("two\r\nlines", "3", "")]
    assert table.lines == [2, 4]
    assert table.notes == ()
    assert table.place(1) == "row 2 (line 4)"
    assert [table.is_numeric(i) for i in range(3)] == [False, True, True]
    assert np.array_equal(table.numbers(2), [2, np.nan], equal_nan=True)


@pytest.mark.parametrize(("text", "note"), [("a;b\n1,5;2\n", "semicolons"), ("a\tb\n1.5\t2\n", "tabs")])
def test_other_marks_between_cells(tmp_path: Path, text: str, note: str) -> None:
    table = read_table(written(tmp_path, text))
    assert list(table.numbers(0)) == [1.5]
    assert table.notes[0] == f"The cells are parted by {note}."
    assert len(table.notes) == (2 if note == "semicolons" else 1)
    assert header_of(table.path) == ("a", "b")


def test_empty_lines_are_told(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "\na,b\n1,2\n\n3,4\n\n"))
    assert table.notes == ("Empty lines between the rows, left out (1): lines 4.",)
    assert table.lines == [3, 5]


def test_columns_by_name(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "User ID,x\n1,2\n"))
    assert table.index("user", "user id") == 0
    assert table.found(("person", "user_id")) == 0
    assert table.found(("item",)) is None
    with pytest.raises(UsageError, match=r"item=y: there is no such column in .*a\.csv\. There are: User ID, x\."):
        table.index("item", "y")


def test_encodings(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, "Bäume".encode("cp1252"))) == ("Bäume", (NOT_UTF8,))
    assert read_text(written(tmp_path, "Bäume".encode("utf-16"))) == ("Bäume", ())
    assert first_lines(written(tmp_path, "é\nb\nc".encode("utf-16")), 2) == ["é", "b"]
    assert first_lines(written(tmp_path, b"a\0b")) == []
    assert first_lines(tmp_path / "nowhere") == []
    assert header_of(tmp_path) == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        (b"a,b\n\0\0,1\n", "this is no text file: there are zero bytes"),
        ("a,b\n", r"there is a header \(a, b\) and no row below it"),
        ("a,b,a\n1,2,3\n", r'two columns are called "a" \(columns 1 and 3\)'),
        ('a,b\n1,"2\n', r"line 2 is no row of a table \(unexpected end of data\)"),
        ("a,b\n1,2\n1\n", r"row 2 \(line 3\) has 1 cells, but the header has 2"),
    ],
)
def test_what_is_no_table(tmp_path: Path, data: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=rf"a\.csv: {reason}"):
        read_table(written(tmp_path, data))


def test_bad_cells_are_named(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a,b\n1,2\n1_0,inf\n"))
    with pytest.raises(UnreadableError, match=r'row 2 \(line 3\), column "a" holds "1_0": this is no number'):
        table.numbers(0)
    with pytest.raises(
        UnreadableError, match=r'row 2 \(line 3\), column "b" holds "inf": this is not finite in single precision'
    ):
        table.numbers(1)


def test_amounts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match="the file has 8 bytes; at most 5 are taken"):
        read_text(written(tmp_path, "a,b\n1,2\n"), 5)
    monkeypatch.setattr(text_table, "MOST_COLUMNS", 1)
    with pytest.raises(UnreadableError, match="it has 2 columns; at most 1 are taken"):
        read_table(written(tmp_path, "a,b\n1,2\n"))
    monkeypatch.setattr(text_table, "MOST_CELLS", 3)
    with pytest.raises(UnreadableError, match="it has more than 3 cells"):
        read_table(written(tmp_path, "a,b\n1,2\n"))

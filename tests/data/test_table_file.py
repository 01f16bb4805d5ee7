"""Tables in text files are read as they are written, and what is wrong with one is named by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UnreadableError
from workbench.data.table_file import read_table


def written(tmp_path: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(("text", "rows"), [
    ("a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
    ("a;b\r\n1,5;2\r\n", [["1,5", "2"]]),
    ("a\tb\n1\t2", [["1", "2"]]),
    ('\ufeffa,b\n"x, ""y""\nz",2\n\n', [['x, "y"\nz', "2"]]),
    ('"one, two",b\n1,2\n', [["1", "2"]]),
])  # fmt: skip
def test_cells_are_parted_as_the_file_does(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    assert read_table(written(tmp_path, text)).rows == rows


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, 'a,b\n"x\ny",2\n\n3,4\n'))
    assert table.lines == [3, 5]
    assert table.column("b") == ["2", "4"]
    assert [table.find(names) for names in (("z", "b"), ("A",), ("none",))] == ["b", "a", ""]


@pytest.mark.parametrize(("text", "message"), [
    ("", "no rows"), ("a,b\n", "nothing below its header"), ("a,b\n1,2\n1,2,3\n", "at line 3: it has 3 cells, where"),
    ("a,a\n1,2\n", 'two of its columns are called "a"'), (b"a,b\n\x00,1\n", "holds bytes of zero"),
    ('a,b\n"x,1\n', "at line 2: it cannot be read as a table"), (b"\xff\xfea", "begins as UTF-16"),
])  # fmt: skip
def test_what_is_no_table_is_a_sentence(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read_table(written(tmp_path, text))


def test_a_number_is_named_by_line_and_column(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a,b\n1,x\n2,\n"))
    assert table.number(0, "a") == 1.0
    with pytest.raises(UnreadableError, match='at line 2, column b: "x" is no number'):
        table.number(0, "b")
    with pytest.raises(UnreadableError, match="at line 3, column b: the cell is empty"):
        table.number(1, "b")
    with pytest.raises(UnreadableError, match='it has no column "c"; there are: a, b'):
        table.column("c")


def test_latin_1_is_said(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a,b\ncaf\xe9,1\n".encode("latin-1")))
    assert table.rows == [["café", "1"]]
    assert table.notes == ("t.csv is not UTF-8 (at byte 7); it was read as Latin-1.",)

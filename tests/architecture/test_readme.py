"""README's tables of what can be chosen say what the declarations say."""

from __future__ import annotations

import importlib.util

import pytest

from tests.architecture.sources import ROOT

SPEC = importlib.util.spec_from_file_location("readme_tables", ROOT / "scripts" / "readme_tables.py")
assert SPEC is not None
assert SPEC.loader is not None
tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tables)
README = (ROOT / "README.md").read_text("utf-8")


def test_the_tables_are_those_of_the_declarations() -> None:
    assert tables.with_tables(README) == README, "python scripts/readme_tables.py brings README's tables up to date"


@pytest.mark.parametrize("name", ["SGD", "cosine", "rotate", "accuracy", "safetensors"])
def test_a_row_that_is_missing_is_put_in_its_place(name: str) -> None:
    lines = README.splitlines(keepends=True)
    without = "".join(line for line in lines if not line.startswith(f"| `{name}` |"))
    assert without != README
    assert tables.with_tables(without) == README


def test_a_table_that_is_gone_is_named() -> None:
    with pytest.raises(ValueError, match="schedule"):
        tables.with_tables(README.replace("| schedule |", "| plan |"))


def test_the_first_line_of_a_declaration_fits_into_a_table() -> None:
    lines = [tables.first_line(each) for registry in tables.HEADINGS.values() for _, each in registry.items()]
    assert lines
    assert all(line.endswith(".") and "|" not in line and len(line) < 110 for line in lines)

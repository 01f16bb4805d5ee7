"""Files, classes and functions stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

MOST_LINES = 400
MOST_OF_A_CLASS = 250
MOST_OF_A_FUNCTION = 40

# Those that may be larger; the list may only shrink.
EXCEPTIONS: frozenset[str] = frozenset()

CODE = [
    ROOT / "start.py",
    *(path for folder in ("workbench", "scripts", "bench") for path in (ROOT / folder).rglob("*.py")),
]
TESTS = list((ROOT / "tests").rglob("*.py"))


def too_large(path: Path) -> Iterator[str]:
    """Classes and functions over the limit."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        limit = {ast.ClassDef: MOST_OF_A_CLASS, ast.FunctionDef: MOST_OF_A_FUNCTION}.get(type(node))
        if limit is None:
            continue
        assert isinstance(node, (ast.ClassDef, ast.FunctionDef))
        lines = (node.end_lineno or 0) - node.lineno + 1
        if lines > limit:
            yield f"{path.relative_to(ROOT)}::{node.name} has {lines} lines, at most {limit}"


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def told(texts: list[str]) -> list[str]:
    return [text for text in texts if text.split(" has ")[0] not in EXCEPTIONS]


@pytest.mark.parametrize("paths", [CODE, TESTS], ids=["code", "tests"])
def test_no_file_is_too_long(paths: list[Path]) -> None:
    sizes = {path: lines_of(path) for path in paths}
    found = told([f"{path.relative_to(ROOT)} has {n} lines" for path, n in sizes.items() if n > MOST_LINES])
    assert not found, "\n".join(found)


def test_no_class_or_function_is_too_long() -> None:
    found = told([text for path in CODE for text in too_large(path)])
    assert not found, "\n".join(found)


def test_each_exception_is_still_needed() -> None:
    large = [text for path in CODE for text in too_large(path)]
    large += [f"{path.relative_to(ROOT)} has" for path in CODE + TESTS if lines_of(path) > MOST_LINES]
    assert {text.split(" has ")[0] for text in large} >= EXCEPTIONS

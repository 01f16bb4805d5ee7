"""The program's own source files as syntax trees, for the tests of its architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "workbench"


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = (path, ast.parse(path.read_text("utf-8")))
    return found


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run when the module is imported; what is for type checking alone is left out."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            waiting += statement.orelse
            continue
        yield statement
        waiting += [each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.stmt)]
        for handler in getattr(statement, "handlers", []):
            waiting += handler.body


def imported(name: str, statements: Iterator[ast.stmt] | None = None) -> set[str]:
    """Dotted names that a module imports when it is imported itself; `from a import b` counts as a and a.b."""
    path, tree = modules()[name]
    found = set()
    for statement in statements or top_level(tree):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{path}: imports are absolute here"
            found |= {statement.module or ""} | {f"{statement.module}.{alias.name}" for alias in statement.names}
    return found


def where(path: Path, node: ast.AST) -> str:
    """Place of a syntax node, for messages."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"

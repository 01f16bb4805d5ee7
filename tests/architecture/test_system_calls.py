"""Only core.files and its like ask the system for listings, places and room: bare calls raise no sentences."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import modules, where

# They hold the wrappers, or are what the wrappers are made of.
MAY_ASK = {"workbench.core.files", "workbench.core.moving", "workbench.core.status"}

METHODS = {
    "iterdir", "glob", "rglob", "walk", "resolve", "expanduser", "samefile", "exists", "is_dir", "is_file",
    "stat", "lstat", "is_symlink",
}  # fmt: skip
ENTRIES = {"entry.is_dir", "entry.is_file", "entry.is_symlink"}  # of a listing, which knows the answer already
CALLS = {
    "os.scandir", "os.listdir", "os.walk", "os.path.realpath", "os.statvfs", "shutil.disk_usage", "glob.glob",
    "glob.iglob", "os.path.getsize", "os.path.getmtime",
}  # fmt: skip
# The program's own folder, which is there as long as the program is; and what is no path.
ALLOWED = {"Path(__file__).resolve", "ast.walk", "os.path.exists"}


def asking(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that ask the system without a sentence for what it may answer."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            if name not in ALLOWED | ENTRIES and (name in CALLS or node.func.attr in METHODS):
                yield node


def test_nobody_else_asks_the_system() -> None:
    found = [
        f"{where(path, call)} {ast.unparse(call)[:80]}"
        for name, (path, tree) in modules().items()
        if name not in MAY_ASK
        for call in asking(tree)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "folder.iterdir()", "folder.glob('*')", "p.resolve().parent", "shutil.disk_usage(p).free", "os.scandir(p)",
        "p.expanduser()", "run.log.stat().st_mtime", "p.lstat()", "p.exists()", "p.is_symlink()",
        "x.is_file()", "os.path.realpath(p)", "list(p.rglob('x'))",
    ],
)  # fmt: skip
def test_what_counts_as_asking(line: str) -> None:
    assert list(asking(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["listed(p)", "resolved(p)", "exists(p)", "ast.walk(t)", "Path(__file__).resolve().parent"]
)
def test_what_does_not(line: str) -> None:
    assert not list(asking(ast.parse(line)))

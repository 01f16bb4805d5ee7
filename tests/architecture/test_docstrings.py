"""Everything public says in a sentence what it is for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import modules, where

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
SPECIAL = re.compile(r"__\w+__\Z")
QT_NAME = re.compile(r"[a-z]+[A-Z]\w*\Z")  # overrides keep Qt's own spelling, and its documentation


def bases() -> dict[str, ast.ClassDef]:
    """Our classes by name."""
    return {
        node.name: node for _, tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }


def is_override(cls: ast.ClassDef, method: str, known: dict[str, ast.ClassDef]) -> bool:
    """Whether a base class of ours documents a method of that name."""
    for base in cls.bases:
        name = ast.unparse(base).split("[")[0].split(".")[-1]
        parent = known.get(name)
        if parent is None or parent is cls:
            continue
        own = next((each for each in parent.body if isinstance(each, ast.FunctionDef) and each.name == method), None)
        if (own is not None and ast.get_docstring(own)) or is_override(parent, method, known):
            return True
    return False


def public(name: str) -> bool:
    return not name.startswith("_")


def lacking(tree: ast.Module, known: dict[str, ast.ClassDef]) -> Iterator[ast.AST]:
    """Public things without a docstring; those inside functions are nobody else's business."""
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(node, None) for node in tree.body]
    while waiting:
        node, owner = waiting.pop()
        if isinstance(node, ast.ClassDef) and public(node.name):
            waiting += [(each, node) for each in node.body]
            if not ast.get_docstring(node):
                yield node
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and public(node.name):
            inherited = owner is not None and (is_override(owner, node.name, known) or QT_NAME.match(node.name))
            if not ast.get_docstring(node) and not inherited:
                yield node


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, (_, tree) in modules().items() if not (ast.get_docstring(tree) or is_exported(name))] == []


def is_exported(name: str) -> bool:
    """The torch code of a layer is copied into exported files, where its classes speak for themselves."""
    return name.startswith("workbench.layers.") and name.endswith(".module")


def test_every_public_thing_says_what_it_is_for() -> None:
    known = bases()
    found = [where(path, node) for path, tree in modules().values() for node in lacking(tree, known)]
    if found:
        found = [place for place in found if "layers/" not in place or "/module.py" not in place]
    assert found == []


def test_a_docstring_begins_with_a_sentence() -> None:
    found = []
    for path, tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, Documented) and (text := ast.get_docstring(node)):
                first = text.split("\n\n")[0]
                if not (first[:1].isupper() or first[:1] in "`\"'0123456789") or first.rstrip()[-1:] not in ".:?!":
                    found.append(f"{where(path, node)} {first[:50]}")
    assert found == []


def test_names_of_python_are_left_alone() -> None:
    assert SPECIAL.match("__init__")
    assert not public("__init__")

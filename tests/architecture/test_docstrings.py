"""Everything public says in a sentence what it is for."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from tests.architecture.sources import modules, where

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_exported(name: str) -> bool:
    """The torch code of a layer is copied into exported files, where its first lines are others."""
    return name.startswith("workbench.layers.") and name.endswith(".module")


def is_override(module: str, cls: str, method: str) -> bool:
    """Whether a base class, of ours or of a library, has a method of that name."""
    bases = getattr(importlib.import_module(module), cls).__mro__[1:]
    return any(method in vars(base) for base in bases)


def lacking(module: str, tree: ast.Module) -> Iterator[ast.AST]:
    """Public things without a docstring; overrides have that of their base."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node
        methods = [each for each in node.body if isinstance(each, Function)] if isinstance(node, ast.ClassDef) else []
        for each in methods:
            is_told = each.name.startswith("_") or ast.get_docstring(each)
            if not is_told and not is_override(module, node.name, each.name):
                yield each


def test_every_module_says_what_it_is_for() -> None:
    found = [name for name, (_, tree) in modules().items() if not ast.get_docstring(tree) and not is_exported(name)]
    assert not found, "\n".join(found)


def test_every_public_thing_says_what_it_is_for() -> None:
    found = [where(path, node) for name, (path, tree) in modules().items() for node in lacking(name, tree)]
    assert not found, "\n".join(found)


def test_a_docstring_begins_with_a_sentence() -> None:
    found = []
    for path, tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, Documented) and (text := ast.get_docstring(node)):
                first = text.split("\n\n")[0].rstrip()
                found += [f"{where(path, node)} {first[:50]}"] if first[-1] not in ".:?!" else []
    assert not found, "\n".join(found)


def test_the_search_finds_what_lacks_one() -> None:
    tree = ast.parse(
        'class A:\n    """A."""\n    def b(self): ...\n    def _c(self): ...\ndef d(): ...\nclass _E: ...\n'
    )
    tree.body[0].name = "CompositeGraphEdit"  # type: ignore[attr-defined]
    assert [node.lineno for node in lacking("workbench.core.edits", tree)] == [3, 5]
    tree.body[0].body[1].name = "inverse"  # type: ignore[attr-defined]
    assert [node.lineno for node in lacking("workbench.core.edits", tree)] == [5]


def lost_strings(tree: ast.Module) -> Iterator[ast.Expr]:
    """Strings that stand by themselves and are no docstrings: half of a text whose brackets were forgotten."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for number, each in enumerate(body if isinstance(body, list) else []):
            is_text = isinstance(each, ast.Expr) and (
                isinstance(each.value, ast.JoinedStr)
                or (isinstance(each.value, ast.Constant) and isinstance(each.value.value, str))
            )
            if is_text and not (number == 0 and isinstance(node, Documented)):
                yield each


def test_no_half_of_a_text_is_lost() -> None:
    found = [where(path, each) for path, tree in modules().values() for each in lost_strings(tree)]
    assert not found, "\n".join(found)
    assert list(lost_strings(ast.parse('"""Doc."""\n\ndef f():\n    """Doc."""\n    x = f"a {x}"\n    f"b {x}"\n')))

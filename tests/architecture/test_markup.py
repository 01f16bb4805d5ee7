"""What may hold a name from a file is never handed to Qt as something that it could take for markup."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

import pytest

from tests.architecture.sources import modules, where

# Takes markup by its nature, and is given it on purpose: the table of keys, and what `plain_tip` is made of.
MAY = {"workbench.gui.widgets.labels"}
SAFE = {"plain_tip", "tip_of_lines"}


def made_safe(tree: ast.Module) -> set[str]:
    """Names that hold what has been made safe."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and is_safe(node.value, frozenset())]
    return {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}


def is_safe(value: ast.expr, names: Set[str]) -> bool:
    """Whether an argument is a text of the program's own, or has been made safe."""
    match value:
        case ast.Name(id=name):
            return name in names
        case ast.Constant():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return is_safe(body, names) and is_safe(orelse, names)
        case ast.Call(func=ast.Name(id=name)):
            return name in SAFE
    return False


def unsafe(tree: ast.Module) -> Iterator[ast.Call]:
    """Tool tips that are made of other texts, and labels whose kind of text is left to Qt."""
    names = made_safe(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        is_tip = name.endswith(".setToolTip") and not is_safe(node.args[-1], names)
        is_html = name.endswith((".setHtml", ".setWhatsThis")) and not is_safe(node.args[-1], names)
        if is_tip or is_html or (name == "QLabel" and node.args):
            yield node


def test_no_name_becomes_markup() -> None:
    found = [
        f"{where(path, call)} {ast.unparse(call)[:90]}"
        for name, (path, tree) in modules().items()
        if name not in MAY and ".gui." in f"{name}."
        for call in unsafe(tree)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line", ["w.setToolTip(name)", "w.setToolTip(f'{a}')", "QLabel(text)", "item.setToolTip(0, tip)"]
)
def test_what_counts_as_unsafe(line: str) -> None:
    assert list(unsafe(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["w.setToolTip('x')", "w.setToolTip(plain_tip(x))", "QLabel()", "w.setToolTip(plain_tip(a) if a else '')"]
)
def test_what_does_not(line: str) -> None:
    assert not list(unsafe(ast.parse(line)))

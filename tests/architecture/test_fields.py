"""Fields are those of gui.widgets.fields, which the wheel does not change by the way."""

from __future__ import annotations

import ast

from tests.architecture.sources import modules, where

PLAIN = {"QComboBox", "QSpinBox", "QDoubleSpinBox", "QSlider", "QDial", "QDateEdit", "QFontComboBox"}
MAY = {"workbench.gui.widgets.fields", "workbench.gui.forms.number_fields"}  # which make them what they are


def test_nobody_else_makes_plain_fields() -> None:
    found = []
    for name, (path, tree) in modules().items():
        for node in ast.walk(tree) if name.startswith("workbench.gui") and name not in MAY else ():
            made = node.func if isinstance(node, ast.Call) else None
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            names = {each.id for each in [made, *bases] if isinstance(each, ast.Name)}
            found += [f"{where(path, node)} {each}" for each in names & PLAIN]
    assert not found, "\n".join(found)

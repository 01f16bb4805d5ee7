"""Ctrl+Z in a field takes back what is typed, and once it was committed the project's last change."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def field(window: MainWindow, name: str) -> QWidget:
    """The inspector's field of that name."""
    found = [each for each in window.inspector.findChildren(QWidget) if each.accessibleName() == name]
    return next(each for each in found if isinstance(each, QLineEdit | QSpinBox))


def type_into(qtbot: QtBot, widget: QWidget, text: str) -> None:
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_A, CTRL)
    qtbot.keyClicks(widget, text)


@pytest.mark.parametrize(("name", "text", "node"), [("name", "first", "conv"), ("out_features", "7", "fc")])
def test_a_committed_field_is_undone_and_redone(
    qtbot: QtBot, window: MainWindow, name: str, text: str, node: str
) -> None:
    session = window.session
    id_ = session.graph.named(node).id
    before = session.graph
    session.select([id_])
    typed = field(window, name)
    type_into(qtbot, typed, text)
    qtbot.keyClick(typed, Qt.Key.Key_Return)
    after = session.graph
    assert after != before
    qtbot.waitUntil(window.menus.actions["undo"].isEnabled)
    qtbot.keyClick(typed, Qt.Key.Key_Z, CTRL)
    assert session.graph == before
    qtbot.waitUntil(window.menus.actions["redo"].isEnabled)
    qtbot.keyClick(typed, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.graph == after
    assert typed.hasFocus()


def test_what_is_typed_is_undone_in_the_field_first(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    node = session.graph.named("conv")
    session.select([node.id])
    window.scene.toggle_bypass()
    bypassed = session.graph
    qtbot.waitUntil(window.menus.actions["undo"].isEnabled)
    typed = field(window, "name")
    assert isinstance(typed, QLineEdit)
    type_into(qtbot, typed, "x")
    qtbot.keyClick(typed, Qt.Key.Key_Z, CTRL)
    assert session.graph == bypassed
    assert typed.text() != "x"

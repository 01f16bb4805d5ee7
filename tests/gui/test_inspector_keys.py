"""The inspector by keys: Enter goes into it, Tab through its fields as they stand, Esc and F6 out of it and in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.window.main_window import MainWindow


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


@pytest.fixture
def canvas(qtbot: QtBot, window: MainWindow) -> QWidget:
    """The canvas with the keyboard, the convolution selected."""
    window.session.select([window.session.graph.named("conv").id])
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    return window.canvas


@pytest.mark.parametrize("workspace", ["Build", "Look"])
def test_enter_goes_in_and_escape_comes_back(qtbot: QtBot, window: MainWindow, canvas: QWidget, workspace: str) -> None:
    window.workspaces.show(workspace)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert focus().accessibleName() == "name"
    assert isinstance(focus(), QLineEdit)
    assert focus().selectedText() == "conv"  # type: ignore[attr-defined]
    qtbot.keyClicks(focus(), "first")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert window.session.graph.named("first").layer == "Conv2d"
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert canvas.hasFocus()


def test_tab_goes_as_on_the_screen_and_every_field_is_reached(
    qtbot: QtBot, window: MainWindow, canvas: QWidget
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    met: list[QWidget] = []
    while window.inspector.isAncestorOf(focus()) and focus() not in met:
        met.append(focus())
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    middles = [each.mapTo(window.inspector, QPoint(0, each.height() // 2)).y() for each in met]
    assert all(one <= other + 6 for one, other in pairwise(middles))  # fields of one row stand nearly level
    names = {each.accessibleName() for each in met}
    assert {"name", "out_channels", "kernel_size", "bypass", "frozen"} <= names


def test_f6_lands_on_a_field_that_is_seen(qtbot: QtBot, window: MainWindow, canvas: QWidget) -> None:
    for _ in range(8):
        qtbot.keyClick(focus(), Qt.Key.Key_F6)
        if window.inspector.isAncestorOf(focus()):
            break
    assert focus().accessibleName() == "name"


@pytest.mark.parametrize(("name", "typed"), [("name", "half"), ("out_channels", "33"), ("kernel_size", "7")])
def test_escape_leaves_a_field_as_it_was(
    qtbot: QtBot, window: MainWindow, canvas: QWidget, name: str, typed: str
) -> None:
    before = window.session.graph
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    while focus().accessibleName() != name:
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    qtbot.keyClick(focus(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(focus(), typed)
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert canvas.hasFocus()
    assert window.session.graph == before
    assert window.session.undo_stack.count() == 0

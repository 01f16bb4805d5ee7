"""Who adds a layer from the list with the mouse goes on at the canvas; who does it by keys stays in the list."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.widgets.context_menu import Entry
from workbench.gui.window.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier


def double_clicks(qtbot: QtBot, window: MainWindow, layer: str) -> None:
    """Chooses a row of the list as a person does."""
    tree = window.palette_list.tree
    (row,) = tree.findItems(layer, Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)
    tree.scrollToItem(row)
    viewport = tree.viewport()
    assert viewport is not None
    place = tree.visualItemRect(row).center()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)


def names(window: MainWindow) -> set[str]:
    return set(window.session.graph.by_name)


@pytest.mark.parametrize(("layer", "name"), [("Tanh", "tanh1"), ("Dropout", "dropout1")])
def test_a_double_click_gives_the_keyboard_to_the_canvas(
    qtbot: QtBot, window: MainWindow, layer: str, name: str
) -> None:
    window.session.select([window.session.graph.named("conv").id])
    window.palette_list.tree.setFocus()
    double_clicks(qtbot, window, layer)
    assert name in names(window)
    assert window.canvas.hasFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert name not in names(window)


def test_a_double_click_on_the_title_of_a_group_gives_nothing_away(qtbot: QtBot, window: MainWindow) -> None:
    window.palette_list.tree.setFocus()
    double_clicks(qtbot, window, "Pooling")
    assert window.palette_list.tree.hasFocus()


@pytest.mark.parametrize("is_by_mouse", [True, False])
def test_the_menu_of_a_layer_gives_the_keyboard_away_only_to_the_mouse(window: MainWindow, is_by_mouse: bool) -> None:
    tree = window.palette_list.tree
    tree.setFocus()
    (row,) = tree.findItems("Tanh", Qt.MatchFlag.MatchRecursive)
    tree.setCurrentItem(row)
    entries = window.palette_list._entries(tree.visualItemRect(row).center() if is_by_mouse else None)
    entry = entries[0]
    assert isinstance(entry, Entry)
    assert callable(entry.do)
    entry.do()
    assert "tanh1" in names(window)
    assert window.canvas.hasFocus() == is_by_mouse


@pytest.mark.parametrize("part", ["tree", "search"])
def test_enter_stays_in_the_list_where_the_keys_of_the_canvas_work(qtbot: QtBot, window: MainWindow, part: str) -> None:
    palette = window.palette_list
    widget: QWidget = palette.tree if part == "tree" else palette.search
    palette.search.setText("tanh")
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert "tanh1" in names(window)
    assert widget.hasFocus()
    qtbot.keyClick(widget, Qt.Key.Key_L, CTRL)
    assert window.session.undo_stack.undoText() == "Tidy network"
    qtbot.keyClick(widget, Qt.Key.Key_D, CTRL)
    assert "tanh2" in names(window)
    before = names(window)
    qtbot.keyClick(palette.search, Qt.Key.Key_M)  # bypasses a node on the canvas
    assert palette.search.text().endswith("m")
    assert names(window) == before
    assert not any(node.bypass for node in window.session.graph)


@pytest.mark.parametrize(("keys", "is_lent"), [("Ctrl+T", True), ("F7", True), ("T", False), ("Shift+T", False)])
def test_keys_that_the_user_gives_work_in_the_list_if_they_write_nothing(
    window: MainWindow, keys: str, is_lent: bool
) -> None:
    window.menus.set_keys("tidy", QKeySequence(keys))
    for widget in (window.palette_list.tree, window.palette_list.search):
        assert (window.menus.actions["tidy"] in widget.actions()) == is_lent


def test_the_search_keeps_the_keys_that_edit_text(qtbot: QtBot, window: MainWindow) -> None:
    search = window.palette_list.search
    window.session.select([window.session.graph.named("conv").id])
    before = window.session.graph
    search.setText("relu")
    search.setFocus()
    qtbot.keyClick(search, Qt.Key.Key_A, CTRL)
    assert search.selectedText() == "relu"
    assert len(window.session.selection) == 1
    qtbot.keyClick(search, Qt.Key.Key_X, CTRL)
    assert search.text() == ""
    assert window.session.graph == before

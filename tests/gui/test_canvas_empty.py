"""An empty canvas says how one begins, and does it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Graph
from workbench.gui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def test_an_empty_canvas_says_what_to_do_and_complains_of_nothing(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, Graph())
    note = canvas.view.overlays.empty
    assert note.isVisible()
    assert not canvas.view.overlays.card.isVisible()
    texts = " ".join(label.text() for label in note.findChildren(QLabel))
    assert "drop pictures" in texts
    assert canvas.view.rect().contains(note.geometry())
    middle = note.geometry().center() - canvas.view.rect().center()
    assert middle.manhattanLength() < 4


@pytest.mark.parametrize("size", [(1100, 640), (260, 200)])
def test_the_button_adds_an_input_that_is_seen(qtbot: QtBot, size: tuple[int, int]) -> None:
    canvas = Canvas(qtbot, Graph(), size)
    qtbot.waitUntil(canvas.view.isActiveWindow)
    note = canvas.view.overlays.empty
    qtbot.mouseClick(note.add, LEFT)
    (node,) = canvas.graph
    assert node.layer == "Input"
    assert canvas.session.undo_stack.undoText() == "Add image"
    assert canvas.selected() == [node.name]
    assert not note.isVisible()
    assert canvas.view.seen().contains(canvas.item(node.name).scene_box())
    assert canvas.view.hasFocus()
    canvas.undo()
    assert note.isVisible()


def test_the_note_comes_when_all_is_deleted(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    assert not canvas.view.overlays.empty.isVisible()
    canvas.session.select(list(canvas.graph.nodes))
    canvas.key(Qt.Key.Key_A)  # a key without a meaning changes nothing
    canvas.scene.delete_selection()
    assert canvas.view.overlays.empty.isVisible()
    canvas.undo()
    assert not canvas.view.overlays.empty.isVisible()


def test_the_other_button_opens_the_templates(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.gui.window.new_dialog import NewDialog

    opened: list[NewDialog] = []
    monkeypatch.setattr(NewDialog, "exec", lambda self: opened.append(self) or 0)
    window.session.select(list(window.session.graph.nodes))
    window.scene.delete_selection()
    qtbot.mouseClick(window.canvas.overlays.empty.template, LEFT)
    assert len(opened) == 1

"""Everything that can be done to frames and notes by keys and commands."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from tests.gui.frame_page import CTRL, STAGE, framed, noted, places, steps_of, undo_text

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it, as large as it is."""
    made = Canvas(qtbot, drawn("lenet5"))
    made.view.zoom_reset()
    made.view.centerOn(made.item("relu1").scene_box().center())
    made.scene.pointer = lambda: None
    return made


def test_keys_move_size_and_rename(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    before, area, steps = places(canvas, *STAGE), item.scene_box(), canvas.steps
    canvas.key(Qt.Key.Key_Right, CTRL)
    canvas.key(Qt.Key.Key_Down, CTRL)
    assert steps_of(before, places(canvas, *STAGE)) == {(40.0, 40.0)}
    assert item.scene_box() == area.translated(40, 40)
    assert (canvas.steps, undo_text(canvas)) == (steps + 1, "Move frame Stage")
    canvas.key(Qt.Key.Key_Right, CTRL | SHIFT)
    canvas.key(Qt.Key.Key_Up, CTRL | SHIFT)
    assert item.scene_box() == area.translated(40, 40).adjusted(0, 0, 40, -40)
    assert (canvas.steps, undo_text(canvas)) == (steps + 2, "Resize frame Stage")
    canvas.view.rename_selected()
    canvas.qtbot.keyClicks(canvas.view.framing.line, "Stem")
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Return)
    assert canvas.graph.frames[item.id].title == "Stem"


def test_fitting_goes_round_what_is_in_it_and_a_note_round_its_text(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    area = item.scene_box()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        canvas.key(key, CTRL | SHIFT)
    canvas.view.framing.fit_frame()
    assert item.scene_box() == area
    assert undo_text(canvas) == "Fit frame Stage"
    note = noted(canvas, QPointF(200, -260), "a note " * 60)
    small = note.rect().height()
    canvas.view.framing.fit_frame()
    assert note.rect().height() > small


def test_colours_and_what_is_in_it_by_keys(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    canvas.view.framing.colour_frame()
    popup = canvas.view.framing._choice
    assert popup is not None
    canvas.qtbot.keyClicks(popup.search, "teal")
    canvas.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert canvas.graph.frames[item.id].colour == "teal"
    assert undo_text(canvas) == "Colour frame Stage"
    canvas.view.framing.select_in_frame()
    assert canvas.selected() == list(STAGE)


def test_without_a_frame_the_commands_say_what_they_need(canvas: Canvas) -> None:
    framing = canvas.view.framing
    for do in (framing.edit_note, framing.rename, framing.colour_frame, framing.select_in_frame, framing.fit_frame):
        do()
    assert canvas.told == ["Select a frame or a note first."] * 5
    canvas.told.clear()
    noted(canvas, QPointF(200, -260), "a note")
    framing.select_in_frame()
    assert canvas.told == ["Nothing stands in it."]


def test_sizing_keys_move_nodes_where_no_frame_is_selected(canvas: Canvas) -> None:
    before = places(canvas, "conv1")
    canvas.select("conv1")
    canvas.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert steps_of(before, places(canvas, "conv1")) == {(40.0, 0.0)}


@pytest.mark.parametrize("zoom", [1.0, 0.15])
@pytest.mark.parametrize("share", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_the_field_of_a_note_is_in_sight_whole(canvas: Canvas, zoom: float, share: tuple[float, float]) -> None:
    canvas.view.resetTransform()
    canvas.view.scale(zoom, zoom)
    seen = canvas.view.seen()
    place = QPointF(seen.left() + share[0] * seen.width(), seen.top() + share[1] * seen.height())
    canvas.view.framing.add_note(place)
    note = canvas.view.framing.note
    assert canvas.viewport.rect().contains(note.geometry())
    assert note.width() >= 240
    canvas.qtbot.keyClick(note, Qt.Key.Key_Escape)

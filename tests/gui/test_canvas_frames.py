"""Frames and notes by mouse and keys: made, written, moved with what is in them, sized, taken away; each one step."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from tests.gui.frame_page import STAGE, framed, noted, places, steps_of, strip, undo_text
from workbench.core.edits import CompositeGraphEdit
from workbench.core.frames import Frame
from workbench.core.framing import add_frame, change_frame
from workbench.core.graph import Graph
from workbench.core.graph_edits import moved

NONE, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
SHIFT, LEFT = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it, as large as it is."""
    made = Canvas(qtbot, drawn("lenet5"))
    made.view.zoom_reset()
    made.view.centerOn(made.item("relu1").scene_box().center())
    made.scene.pointer = lambda: None
    return made


@pytest.mark.parametrize("names", [STAGE, ("fc1", "relu3"), ("label",)])
def test_a_frame_goes_round_the_selection_and_its_title_is_typed(canvas: Canvas, names: tuple[str, ...]) -> None:
    before, derived = canvas.graph, canvas.session.derived
    item = framed(canvas, *names, title="First stage")
    (frame,) = canvas.graph.frames.values()
    assert (frame.title, frame.text, frame.colour) == ("First stage", "", "")
    boxes = [QRectF(box.x(), box.y(), 150, box.tallest) for box in map(canvas.item, names)]
    assert all(item.scene_box().adjusted(8, 30, -8, -8).contains(box) for box in boxes)
    assert item.zValue() < min(box.zValue() for box in canvas.scene.boxes())
    assert item.zValue() < min(wire.zValue() for wire in canvas.scene.edges.values())
    assert canvas.session.selection == []
    assert item.isSelected()
    assert (canvas.steps, undo_text(canvas)) == (2, "Rename to First stage")
    assert canvas.graph.nodes == before.nodes
    assert canvas.session.derived.shapes is derived.shapes  # nothing was computed anew
    assert canvas.session.derived.costs is derived.costs
    canvas.undo()
    assert undo_text(canvas) == "Add a frame"
    canvas.undo()
    assert canvas.graph == before
    assert canvas.scene.frames.items == {}


@pytest.mark.parametrize(("typed", "title"), [("First stage", "First stage"), ("x", "x"), ("", "Frame")])
def test_escape_keeps_the_title_that_is_typed_for_a_new_frame(canvas: Canvas, typed: str, title: str) -> None:
    canvas.select(*STAGE)
    canvas.view.framing.add_frame()
    canvas.qtbot.keyClicks(canvas.view.framing.line, typed)
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Escape)
    assert [frame.title for frame in canvas.graph.frames.values()] == [title]
    canvas.view.framing.rename()
    canvas.qtbot.keyClicks(canvas.view.framing.line, "another")
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Escape)
    assert [frame.title for frame in canvas.graph.frames.values()] == [title]


@pytest.mark.parametrize("text", ["Try 0.01", "?", "two words\nand a line"])
def test_escape_keeps_the_text_that_is_typed_into_a_new_note(canvas: Canvas, text: str) -> None:
    canvas.view.framing.add_note(QPointF(100, -260))
    canvas.view.framing.note.insertPlainText(text)
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    assert not canvas.view.framing.note.isVisible()
    assert [frame.text for frame in canvas.graph.frames.values()] == [text]
    canvas.view.framing.edit_note()  # now it is an old one
    canvas.qtbot.keyClicks(canvas.view.framing.note, "!")
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    assert [frame.text for frame in canvas.graph.frames.values()] == [text]


@pytest.mark.parametrize("typed", ["a", "abc"])
def test_a_new_note_from_which_all_was_deleted_goes_again(canvas: Canvas, typed: str) -> None:
    canvas.view.framing.add_note(QPointF(100, -260))
    canvas.qtbot.keyClicks(canvas.view.framing.note, typed)
    for _ in typed:
        canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Backspace)
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    assert canvas.graph.frames == {}


@pytest.mark.parametrize("pointer", [QPointF(100, -260), QPointF(0, 0), None])
def test_without_a_selection_it_is_a_note_at_the_mouse(canvas: Canvas, pointer: QPointF | None) -> None:
    canvas.scene.do(CompositeGraphEdit(tuple(moved(canvas.graph, {canvas.id("image"): (-900.0, 0.0)})), "Make room"))
    canvas.scene.pointer = lambda: pointer
    canvas.view.framing.add_frame()
    note = canvas.view.framing.note
    assert note.isVisible()
    canvas.qtbot.keyClicks(note, "Try 0.01")
    canvas.qtbot.keyClick(note, Qt.Key.Key_Return)
    canvas.qtbot.keyClicks(note, "next")
    canvas.qtbot.keyClick(note, Qt.Key.Key_Return, CTRL)
    assert not note.isVisible()
    (frame,) = canvas.graph.frames.values()
    assert (frame.title, frame.text) == ("", "Try 0.01\nnext")
    area = QRectF(*frame.area)
    if pointer is not None:
        assert area.center() == pointer
    assert not any(area.intersects(box.scene_box()) for box in canvas.scene.boxes())  # nothing lies upon anything
    assert (canvas.steps, undo_text(canvas)) == (3, "Edit note")
    canvas.undo()
    assert undo_text(canvas) == "Add a note"


def test_a_note_that_stays_empty_goes_again(canvas: Canvas) -> None:
    canvas.view.framing.add_note(QPointF(100, -260))
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    assert canvas.graph.frames == {}
    assert undo_text(canvas) == ""
    noted(canvas, QPointF(100, -260), "kept")
    assert len(canvas.graph.frames) == 1


def test_what_is_typed_is_in_the_document_at_once_and_escape_gives_back_what_was(canvas: Canvas) -> None:
    item = noted(canvas, QPointF(100, -260), "one")
    steps = canvas.steps
    canvas.view.framing.edit_note()
    canvas.qtbot.keyClicks(canvas.view.framing.note, " two")
    assert canvas.graph.frames[item.id].text == "one two"
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    assert canvas.graph.frames[item.id].text == "one"
    assert canvas.steps == steps
    canvas.view.framing.edit_note()
    canvas.qtbot.keyClicks(canvas.view.framing.note, "!")
    canvas.view.setFocus()  # a click beside it
    assert canvas.graph.frames[item.id].text == "one!"


def test_a_note_is_not_longer_than_a_file_may_hold(canvas: Canvas) -> None:
    item = noted(canvas, QPointF(100, -260), "x")
    canvas.view.framing.edit_note()
    canvas.view.framing.note.insertPlainText("y" * 4096)
    assert canvas.told == ["A note has at most 4,096 characters; with that it would have 4,097."]
    assert canvas.graph.frames[item.id].text == "x"


def test_dragging_the_title_takes_along_what_stands_in_it(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    inner = framed(canvas, "relu1", title="Inner")
    canvas.scene.clearSelection()
    before, others, steps = places(canvas, *STAGE), places(canvas, "image", "conv2"), canvas.steps
    areas = [item.scene_box(), inner.scene_box()]
    canvas.drag(strip(canvas, item), strip(canvas, item) + QPoint(30, -50))
    assert steps_of(before, places(canvas, *STAGE)) == {(30.0, -50.0)}
    assert places(canvas, "image", "conv2") == others
    after = [QRectF(*canvas.graph.frames[each.id].area) for each in (item, inner)]
    assert after == [area.translated(30, -50) for area in areas]
    assert (canvas.steps, undo_text(canvas)) == (steps + 1, "Move frame Stage")
    canvas.undo()
    assert places(canvas, *STAGE) == before
    assert [item.scene_box(), inner.scene_box()] == areas


def test_alt_moves_the_frame_alone(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    before, area = places(canvas, *STAGE), item.scene_box()
    start = strip(canvas, item)
    canvas.pull(start, start + QPoint(0, -40))
    assert canvas.item("conv1").y() < before[0][1]  # along with the mouse, until the key says otherwise
    canvas.qtbot.mouseRelease(canvas.viewport, LEFT, ALT, pos=start + QPoint(0, -40))
    assert places(canvas, *STAGE) == before
    assert canvas.item("conv1").y() == before[0][1]
    assert item.scene_box() == area.translated(0, -40)
    assert undo_text(canvas) == "Move frame Stage"


def test_escape_puts_everything_back(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    before, area, steps = places(canvas, *STAGE), item.scene_box(), canvas.steps
    canvas.pull(strip(canvas, item), strip(canvas, item) + QPoint(40, 40))
    canvas.key(Qt.Key.Key_Escape)
    canvas.let_go(strip(canvas, item))
    assert (item.scene_box(), canvas.steps, places(canvas, *STAGE)) == (area, steps, before)
    assert canvas.item("conv1").pos() == QPointF(*before[0])


@pytest.mark.parametrize(("corner", "pull", "edges"), [
    ((1.0, 0.5), QPoint(50, 9), (0, 0, 50, 0)), ((0.5, 1.0), QPoint(9, 30), (0, 0, 0, 30)),
    ((1.0, 1.0), QPoint(20, -30), (0, 0, 20, -30)), ((0.0, 0.5), QPoint(-12, 0), (-12, 0, 0, 0)),
    ((0.0, 0.0), QPoint(-12, -8), (-12, -8, 0, 0)), ((1.0, 1.0), QPoint(-900, -900), (0, 0, -140, -60)),
])  # fmt: skip
def test_edges_and_corners_are_pulled(
    canvas: Canvas, corner: tuple[float, float], pull: QPoint, edges: tuple[int, int, int, int]
) -> None:
    item = noted(canvas, QPointF(200, -220), "a note")
    canvas.view.centerOn(item.scene_box().center())
    before, steps = item.scene_box(), canvas.steps
    inset = QPointF(2 - 4 * corner[0], 2 - 4 * corner[1])
    start = canvas.at(
        QPointF(before.left() + corner[0] * before.width(), before.top() + corner[1] * before.height()) + inset
    )
    canvas.drag(start, start + pull)
    assert QRectF(*canvas.graph.frames[item.id].area) == before.adjusted(*edges)
    assert (canvas.steps, undo_text(canvas)) == (steps + 1, "Resize note")
    canvas.undo()
    assert item.scene_box() == before


def test_the_cursor_shows_what_an_edge_does(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    area = item.scene_box()
    for place, shape in (
        (QPointF(area.right() - 2, area.bottom() - 2), Qt.CursorShape.SizeFDiagCursor),
        (QPointF(area.left() + 2, area.center().y() + 30), Qt.CursorShape.SizeHorCursor),
        (QPointF(area.left() + 90, area.bottom() - 2), Qt.CursorShape.SizeVerCursor),
        (QPointF(area.left() + 30, area.top() + 14), Qt.CursorShape.ArrowCursor),
    ):
        canvas.qtbot.mouseMove(canvas.viewport, canvas.at(place))
        assert item.cursor().shape() == shape, place


def test_double_clicks_rename_and_write(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    framing = canvas.view.framing
    canvas.qtbot.mouseDClick(canvas.viewport, LEFT, pos=strip(canvas, item))
    assert framing.line.isVisible()
    assert framing.line.text() == "Stage"
    canvas.qtbot.keyClicks(framing.line, "Stem")
    canvas.qtbot.keyClick(framing.line, Qt.Key.Key_Return)
    assert canvas.graph.frames[item.id].title == "Stem"
    note = noted(canvas, QPointF(200, -220), "a note")
    canvas.qtbot.mouseDClick(canvas.viewport, LEFT, pos=canvas.at(note.scene_box().center()))
    assert framing.note.isVisible()
    assert framing.note.text() == "a note"
    canvas.qtbot.keyClick(framing.note, Qt.Key.Key_Escape)


def test_the_text_above_nodes_is_written_by_a_double_click_on_it(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    canvas.view.framing.edit_note()
    canvas.qtbot.keyClicks(canvas.view.framing.note, "why so few filters")
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Return, CTRL)
    canvas.view.framing.fit_frame()
    searched: list[QPointF] = []
    canvas.view.search_requested.connect(searched.append)
    inside = item.pos() + item.text_rect().center()
    canvas.qtbot.mouseDClick(canvas.viewport, LEFT, pos=canvas.at(inside))
    assert canvas.view.framing.note.isVisible()
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Escape)
    canvas.qtbot.mouseDClick(canvas.viewport, LEFT, pos=canvas.at(item.scene_box().bottomLeft() + QPointF(60, -20)))
    assert len(searched) == 1  # the rest of the body is the canvas's


def test_what_holds_nodes_takes_no_click_and_no_rubber_band_in_its_body(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    canvas.scene.clearSelection()
    canvas.click(canvas.header("relu1"))
    assert canvas.selected() == ["relu1"]
    area = item.scene_box()
    start = canvas.at(QPointF(canvas.item("relu1").x() - 20, area.bottom() - 12))
    end = canvas.at(QPointF(canvas.item("relu1").x() + 60, canvas.item("relu1").y() + 10))
    canvas.drag(start, end)
    assert canvas.selected() == ["relu1"]
    assert canvas.scene.frames.chosen() == []
    assert canvas.steps == 2


def test_a_rubber_band_means_a_frame_only_if_it_goes_round_it(canvas: Canvas) -> None:
    item = framed(canvas, "relu1")
    canvas.scene.clearSelection()
    area = item.scene_box()
    canvas.drag(canvas.at(area.topLeft() - QPointF(9, 9)), canvas.at(area.center()))
    assert (canvas.selected(), canvas.scene.frames.chosen()) == (["relu1"], [])
    canvas.drag(canvas.at(area.topLeft() - QPointF(9, 9)), canvas.at(area.bottomRight() + QPointF(9, 9)))
    assert (canvas.selected(), canvas.scene.frames.chosen()) == (["relu1"], [item.id])


def test_wires_and_ports_come_before_frames(canvas: Canvas) -> None:
    framed(canvas, *STAGE)
    edge = next(edge for edge in canvas.scene.edges if edge.source.node == canvas.id("relu1"))
    area = canvas.scene.edges[edge].middle()
    canvas.scene.frames.items[canvas.scene.frames.chosen()[0]].update_from(
        Frame("Over the wire", area=(area.x() - 60, area.y() - 8, 120.0, 90.0)), None
    )
    canvas.click(canvas.at(area))
    assert canvas.scene.edges[edge].isSelected()
    start, end = canvas.port("pool1", "out", "y"), canvas.port("conv2", "in", "x")
    canvas.pull(start, end)
    assert canvas.scene.is_in_gesture
    canvas.key(Qt.Key.Key_Escape)


@pytest.mark.parametrize(("away", "is_wire"), [(0.0, True), (2.0, True), (5.0, False), (-5.0, False)])
def test_a_wire_along_a_title_leaves_the_title_to_be_taken(canvas: Canvas, away: float, is_wire: bool) -> None:
    edge = next(edge for edge in canvas.scene.edges if edge.source.node == canvas.id("pool2"))  # goes back, a long way
    path = canvas.scene.edges[edge].middle()
    area = (path.x() - 200, path.y() - 12, 400.0, 100.0)
    canvas.scene.do(add_frame(canvas.graph, Frame("Along", area=area)))
    (item,) = canvas.scene.frames.items.values()
    canvas.view.centerOn(path)
    canvas.click(canvas.at(path + QPointF(3, away)))
    assert canvas.scene.edges[edge].isSelected() == is_wire
    assert item.isSelected() != is_wire


def test_delete_takes_the_frame_and_leaves_the_nodes(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    nodes = canvas.graph.nodes
    canvas.scene.clearSelection()
    canvas.click(strip(canvas, item))
    assert item.isSelected()
    canvas.scene.delete_selection()
    assert canvas.graph.frames == {}
    assert canvas.graph.nodes == nodes
    assert undo_text(canvas) == "Delete frame Stage"
    canvas.undo()
    assert len(canvas.graph.frames) == 1


def test_frames_and_nodes_are_taken_away_together(canvas: Canvas) -> None:
    item = framed(canvas, "relu1")
    canvas.click(canvas.header("relu1"))
    assert not item.isSelected()
    canvas.qtbot.mouseClick(canvas.viewport, LEFT, CTRL, pos=strip(canvas, item))
    assert (canvas.selected(), item.isSelected()) == (["relu1"], True)
    canvas.scene.delete_selection()
    assert canvas.graph.frames == {}
    assert "relu1" not in canvas.graph.by_name
    assert undo_text(canvas) == "Delete relu1"


def test_nodes_that_are_selected_elsewhere_are_selected_alone(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    canvas.select("fc1", "fc2")
    assert not item.isSelected()
    assert canvas.selected() == ["fc1", "fc2"]
    assert [canvas.item(name).isSelected() for name in ("fc1", "fc2", "conv1")] == [True, True, False]


def test_a_frame_in_a_file_may_be_of_any_size_and_words(qtbot: QtBot) -> None:
    frames = {
        "tiny": Frame("t", "x", "mauve", (0.0, 0.0, 1.0, 1.0)),
        "huge": Frame("h\u202e" * 60, "\t\u0007\n" * 999, "#ff0000", (-1e6, -1e6, 2e6, 2e6)),
    }
    made = Canvas(qtbot, Graph(frames=frames))
    made.view.fit()
    made.view.grab()
    made.scene.frames.choose(["tiny", "huge"])
    made.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert made.graph.frames["tiny"].area == (0.0, 0.0, 41.0, 1.0)


def test_a_frame_in_another_one_is_in_front_whichever_came_first(canvas: Canvas) -> None:
    inner = framed(canvas, "relu1", title="Inner")
    outer = framed(canvas, *STAGE, title="Outer")
    inner_title = inner.pos() + QPointF(30, 14)
    canvas.scene.do(change_frame(canvas.graph, outer.id, area=(inner.x() - 20, inner.y() - 8, 900.0, 300.0)))
    assert outer.strip_rect().translated(outer.pos()).contains(inner_title)
    canvas.click(canvas.at(inner_title))
    assert canvas.scene.frames.chosen() == [inner.id]

"""Hands for frames and notes on a canvas for tests."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, Qt

from tests.gui.canvas_page import Canvas
from workbench.gui.editor.free_frame_item import FreeFrameItem

STAGE = ("conv1", "relu1", "pool1")  # the first nodes of LeNet-5
CTRL = Qt.KeyboardModifier.ControlModifier


def undo_text(canvas: Canvas) -> str:
    return canvas.session.undo_stack.undoText()


def framed(canvas: Canvas, *names: str, title: str = "Stage") -> FreeFrameItem:
    """Puts a frame round nodes and gives it a title, by keys."""
    canvas.select(*names)
    canvas.view.framing.add_frame()
    line = canvas.view.framing.line
    assert line.isVisible()
    canvas.qtbot.keyClicks(line, title)
    canvas.qtbot.keyClick(line, Qt.Key.Key_Return)
    return canvas.scene.frames.items[canvas.scene.frames.chosen()[0]]


def noted(canvas: Canvas, place: QPointF, text: str) -> FreeFrameItem:
    canvas.view.framing.add_note(place)
    canvas.qtbot.keyClicks(canvas.view.framing.note, text)
    canvas.qtbot.keyClick(canvas.view.framing.note, Qt.Key.Key_Return, CTRL)
    return canvas.scene.frames.items[canvas.scene.frames.chosen()[0]]


def strip(canvas: Canvas, item: FreeFrameItem) -> QPoint:
    """A place of the title at which no wire passes."""
    return canvas.at(item.pos() + QPointF(30, 14))


def places(canvas: Canvas, *names: str) -> list[tuple[float, float]]:
    return [canvas.graph.named(name).position for name in names]


def steps_of(before: list[tuple[float, float]], after: list[tuple[float, float]]) -> set[tuple[float, float]]:
    return {(x - left, y - top) for (left, top), (x, y) in zip(before, after, strict=True)}

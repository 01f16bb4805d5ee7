"""The corners of frames and notes are taken by the mouse before wires that pass there."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSizeF
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from tests.gui.frame_page import STAGE, framed
from workbench.core.frames import Frame
from workbench.core.framing import add_frame


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it, and the mouse elsewhere."""
    made = Canvas(qtbot, drawn("lenet5"))
    made.scene.pointer = lambda: None
    return made


@pytest.mark.parametrize("inset", [(-2, -2), (-4, -5), (-9, -8)])
@pytest.mark.parametrize("above", [0.0, 3.0, -4.0])
def test_in_the_lower_right_corner_the_handle_comes_before_a_wire(
    canvas: Canvas, above: float, inset: tuple[int, int]
) -> None:
    edge = next(edge for edge in canvas.scene.edges if edge.source.node == canvas.id("pool2"))
    corner = canvas.scene.edges[edge].middle() - QPointF(*inset) + QPointF(0, above)
    area = (round(corner.x()) - 220.0, round(corner.y()) - 130.0, 220.0, 130.0)
    canvas.scene.do(add_frame(canvas.graph, Frame("At a wire", area=area)))
    (item,) = canvas.scene.frames.items.values()
    canvas.view.framing.select(item.id)
    canvas.view.zoom_reset()
    canvas.view.centerOn(corner)
    start = canvas.at(item.scene_box().bottomRight() + QPointF(*inset))
    canvas.drag(start, start + QPoint(30, 20))
    assert item.scene_box() == QRectF(*area).adjusted(0, 0, 30, 20)
    assert not canvas.scene.edges[edge].isSelected()


@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
def test_other_corners_come_before_wires_too(canvas: Canvas, corner: tuple[float, float]) -> None:
    edge = next(edge for edge in canvas.scene.edges if edge.source.node == canvas.id("pool2"))
    middle = canvas.scene.edges[edge].middle()
    area = (round(middle.x()) - 200.0 * corner[0] - 2, round(middle.y()) - 100.0 * corner[1] - 2, 204.0, 104.0)
    canvas.scene.do(add_frame(canvas.graph, Frame(text="a note", area=area)))
    (item,) = canvas.scene.frames.items.values()
    canvas.view.zoom_reset()
    canvas.view.centerOn(middle)
    start = canvas.at(middle)
    canvas.drag(start, start + QPoint(-20 if corner[0] == 0 else 20, -20 if corner[1] == 0 else 20))
    assert item.scene_box().size() == QRectF(*area).size() + QSizeF(20, 20)


@pytest.mark.parametrize("inset", [(-10, -10), (-6, -11)])
def test_all_that_is_drawn_of_the_handle_is_one_round_nodes_too(canvas: Canvas, inset: tuple[int, int]) -> None:
    item = framed(canvas, *STAGE)
    canvas.view.zoom_reset()
    canvas.view.reveal(item.scene_box())
    before = item.scene_box()
    start = canvas.at(before.bottomRight() + QPointF(*inset))
    canvas.drag(start, start + QPoint(15, 25))
    assert item.scene_box() == before.adjusted(0, 0, 15, 25)

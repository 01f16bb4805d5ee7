"""A large network in a small canvas: nodes of a few pixels can be taken, and what is not painted takes no click."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, flat, line, picture
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Graph, Port
from workbench.editing.box_sizes import WIDTH
from workbench.gui.editor.painting import TEXT_FROM


def middle(canvas: Canvas, name: str) -> QPoint:
    return canvas.at(canvas.item(name).scene_box().center())


def apart(graph: Graph) -> Graph:
    """The nodes of a line beside each other."""
    for number, node in enumerate(graph):
        graph = graph.with_node(replace(node, position=(number * 220.0, 0.0)))
    return graph


def shrunk(canvas: Canvas, zoom: float) -> None:
    """Makes the canvas so small, and shows all of it that fits."""
    canvas.view.zoom(zoom / canvas.view.transform().m11())
    canvas.view.centerOn(canvas.scene.bounds().center())


@pytest.mark.parametrize(
    ("template", "shape"), [("resnet18", (3, 64, 64)), ("vgg11", (3, 64, 64)), ("lenet5", (1, 28, 28))]
)
@pytest.mark.parametrize("size", [(1000, 300), (700, 300)])
def test_a_click_on_the_middle_of_a_small_node_selects_it(
    qtbot: QtBot, template: str, shape: tuple[int, int, int], size: tuple[int, int]
) -> None:
    canvas = Canvas(qtbot, flat(drawn(template, shape)), size)
    shrunk(canvas, 12 / WIDTH)
    names = list(canvas.graph.by_name)[:20]
    clicked = []
    for name in names:
        canvas.click(middle(canvas, name))
        clicked.append(canvas.selected())
    assert clicked == [[name] for name in names]
    assert canvas.steps == 0


def test_the_nodes_of_a_fitted_network_can_be_taken_anywhere_but_at_their_ports(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, flat(drawn("resnet18", (3, 64, 64))), (900, 300))
    missed = []
    for name in list(canvas.graph.by_name)[:20]:
        box = canvas.item(name).scene_box()
        for share in (0.3, 0.5, 0.7):
            canvas.click(canvas.at(QPointF(box.left() + share * box.width(), box.top() + 40)))
            missed += [name] if canvas.selected() != [name] else []
    assert len(missed) <= 3
    assert canvas.steps == 0


@pytest.mark.parametrize("zoom", [0.05, 0.1, 0.2, TEXT_FROM - 0.01])
def test_no_wire_is_pulled_where_no_ports_are_seen(qtbot: QtBot, zoom: float) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    shrunk(canvas, zoom)
    canvas.pull(canvas.port("conv1", "out", "y"), canvas.port("conv1", "out", "y") + QPoint(3, 90))
    assert canvas.item("fc1").marks == {}
    canvas.let_go(canvas.port("conv1", "out", "y") + QPoint(3, 90))
    assert canvas.searched == []
    assert canvas.session.undo_stack.undoText() in ("", "Move conv1")


@pytest.mark.parametrize("zoom", [TEXT_FROM + 0.01, 0.4, 1.0, 2.0])
def test_a_wire_is_pulled_where_ports_are_seen(qtbot: QtBot, zoom: float) -> None:
    canvas = Canvas(qtbot, apart(line(picture(), ("relu1", "ReLU", {}))))
    shrunk(canvas, zoom)
    start = canvas.port("relu1", "out", "y") + QPoint(2, 2)
    canvas.pull(start, start + QPoint(5, 30))
    assert canvas.item("relu1").marks
    assert canvas.scene.cancel_gesture()


def test_a_fix_that_is_not_painted_is_not_clicked(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, apart(line(picture(), ("fc1", "Linear", {}))))
    fix = canvas.item("fc1").fix_rect().center()
    assert not canvas.item("fc1").fix_rect().isEmpty()
    shrunk(canvas, 0.15)
    canvas.click(canvas.at(canvas.item("fc1").mapToScene(fix)))
    assert (canvas.steps, canvas.selected()) == (0, ["fc1"])
    shrunk(canvas, 1.0)
    canvas.click(canvas.at(canvas.item("fc1").mapToScene(fix)))
    assert canvas.steps == 1


def test_between_its_ports_a_box_is_never_all_port(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, apart(line(picture(), ("relu1", "ReLU", {}))))
    for zoom in (0.05, 0.15, 0.29, 0.6, 1.5):
        shrunk(canvas, zoom)
        canvas.session.select([])
        box = canvas.item("relu1").scene_box()
        canvas.click(canvas.at(QPointF(box.center().x(), box.top() + 40)))
        assert canvas.selected() == ["relu1"]
    assert canvas.graph.incoming[canvas.id("relu1")] == {"x": Port("image", "y")}

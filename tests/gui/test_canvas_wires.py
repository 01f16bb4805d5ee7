"""Wires by other ways: the way through a port is lit, a knife cuts what it crosses, keys connect ports."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Port
from workbench.editing.connecting import wirings_of
from workbench.editing.node_text import Side
from workbench.editing.paths import way_through
from workbench.gui.window.main_window import MainWindow
from workbench.model.shapes import infer

RIGHT, CTRL, SHIFT = Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


@pytest.mark.parametrize(
    ("side", "port", "inside", "outside"),
    [("out", ("conv1", "y"), {"image", "conv1", "relu1", "loss"}, {"label"}),
     ("in", ("loss", "target"), {"label", "loss"}, {"fc3", "image"}),
     ("in", ("loss", "prediction"), {"image", "fc3", "loss"}, {"label"}),
     ("out", ("pool1", "switches"), {"image", "pool1"}, {"conv2", "loss"})],
)  # fmt: skip
def test_the_way_through_a_port(side: Side, port: tuple[str, str], inside: set[str], outside: set[str]) -> None:
    graph = drawn("lenet5")
    way = way_through(graph, side, Port(graph.named(port[0]).id, port[1]))
    names = {graph.nodes[id_].name for id_ in way.nodes}
    assert inside <= names
    assert not outside & names
    assert all(edge.source.node in way.nodes and edge.target.node in way.nodes for edge in way.wires)


def test_a_branch_that_does_not_come_back_is_no_part_of_it() -> None:
    graph = drawn("small-resnet", (3, 32, 32))
    add = next(node for node in graph if node.layer == "Add")
    short, long = sorted((Port(add.id, "x.0"), Port(add.id, "x.1")), key=lambda p: graph.order.index(
        graph.incoming[add.id][p.name].node))  # fmt: skip
    way = way_through(graph, "in", short)
    assert graph.incoming[add.id][long.name].node not in way.nodes
    assert add.id in way.nodes


def hovered(canvas: Canvas, place: QPoint) -> None:
    """Moves the mouse there without a button, and lets it rest."""
    canvas.qtbot.mouseMove(canvas.viewport, place + QPoint(30, 60))
    canvas.qtbot.mouseMove(canvas.viewport, place)


def dim(canvas: Canvas) -> set[str]:
    return {canvas.graph.nodes[id_].name for id_, item in canvas.scene.nodes.items() if item.opacity() < 1}


def test_resting_on_a_port_dims_the_rest_until_the_mouse_goes(canvas: Canvas) -> None:
    assert canvas.viewport.hasMouseTracking()
    hovered(canvas, canvas.port("loss", "in", "target"))
    assert dim(canvas) == set()  # passing over a port does not flicker
    canvas.qtbot.waitUntil(lambda: canvas.scene.following.is_shown)
    assert dim(canvas) == set(canvas.graph.by_name) - {"label", "loss"}
    wires = [item for item in canvas.scene.edges.values() if item.opacity() == 1]
    assert [item.edge.target.name for item in wires] == ["target"]
    canvas.qtbot.mouseMove(canvas.viewport, canvas.header("conv1"))
    assert dim(canvas) == set()
    assert canvas.steps == 0


def test_a_press_an_edit_and_leaving_show_everything(canvas: Canvas) -> None:
    place = canvas.port("conv2", "out", "y")
    hovered(canvas, place)
    canvas.qtbot.waitUntil(lambda: canvas.scene.following.is_shown)
    canvas.pull(place, place + QPoint(10, 40))
    assert dim(canvas) == set()
    canvas.scene.cancel_gesture()
    canvas.let_go(place + QPoint(10, 40))
    hovered(canvas, place)
    canvas.qtbot.waitUntil(lambda: canvas.scene.following.is_shown)
    canvas.select("fc1")
    canvas.scene.commands.toggle_bypass()
    assert dim(canvas) == set()
    hovered(canvas, place)
    canvas.qtbot.waitUntil(lambda: canvas.scene.following.is_shown)
    QApplication.sendEvent(canvas.view, QEvent(QEvent.Type.Leave))
    assert dim(canvas) == set()


def cut(canvas: Canvas, start: QPointF, end: QPointF, *, lets_go: bool = True) -> None:
    """Draws with the knife."""
    one, other = canvas.at(start), canvas.at(end)
    canvas.qtbot.mousePress(canvas.viewport, RIGHT, CTRL, one)
    canvas.view.contextMenuEvent(QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, one, canvas.viewport.mapToGlobal(one), CTRL))  # fmt: skip
    for share in (0.4, 0.8, 1.0):
        canvas.qtbot.mouseMove(canvas.viewport, one + (other - one) * share)
    if lets_go:
        canvas.qtbot.mouseRelease(canvas.viewport, RIGHT, CTRL, other)


def between(canvas: Canvas, one: str, other: str) -> QPointF:
    boxes = canvas.item(one).scene_box(), canvas.item(other).scene_box()
    return QPointF((boxes[0].right() + boxes[1].left()) / 2, boxes[0].top() + 40)


def test_the_knife_cuts_every_wire_that_it_crosses_in_one_step(canvas: Canvas) -> None:
    before = canvas.graph
    middle = between(canvas, "fc2", "relu4")
    above = between(canvas, "pool1", "conv2")
    asked: list[object] = []
    canvas.view.menu_requested.connect(asked.append)
    top = QPointF(above.x(), above.y() - 60)
    cut(canvas, top, QPointF(above.x(), middle.y() - 40))
    gone = set(before.edges) - set(canvas.graph.edges)
    assert len(gone) == 2  # the wire between pool1 and conv2, and the one that leads to the next line
    assert canvas.session.undo_stack.undoText() == "Cut 2 wires"
    assert canvas.steps == 1
    assert asked == []
    canvas.undo()
    assert canvas.graph == before


def test_one_wire_none_and_escape(canvas: Canvas) -> None:
    place = between(canvas, "conv1", "relu1")
    cut(canvas, place - QPointF(10, 30), place + QPointF(10, 30))
    assert canvas.session.undo_stack.undoText() == "Cut wire"
    canvas.undo()
    cut(canvas, place - QPointF(10, 30), place - QPointF(0, 20))
    assert canvas.session.undo_stack.undoText() == ""
    cut(canvas, place - QPointF(10, 30), place + QPointF(10, 30), lets_go=False)
    assert len([item for item in canvas.scene.edges.values() if item.is_lit]) == 1
    canvas.key(Qt.Key.Key_Escape)
    assert not [item for item in canvas.scene.edges.values() if item.is_lit]
    canvas.qtbot.mouseRelease(canvas.viewport, RIGHT, CTRL, canvas.at(place))
    assert len(canvas.graph.edges) == len(drawn("lenet5").edges)


def test_possible_wires_name_both_ends_and_what_goes(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.scene.commands.cut_selection()
    graph = canvas.graph
    texts = [each.text for each in wirings_of(graph, infer(graph), canvas.id("conv1"))]
    assert texts[0] == "conv1 → pool1"
    assert "conv1 → conv1" not in texts
    assert any(text.startswith("conv1 → fc1 (instead of flatten) – ") for text in texts)
    only = wirings_of(graph, infer(graph), canvas.id("conv1"), canvas.id("pool1"))
    assert only[0].text == "conv1 → pool1"
    assert all({"conv1", "pool1"} <= set(each.text.replace("·", " ").split()) for each in only)


def test_keys_connect_two_nodes(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    window.session.select([graph.named("bn").id])
    window.scene.commands.cut_selection()
    window.session.select([graph.named("conv").id])
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_W)
    popup = window.tools.adder._choice
    assert popup is not None
    qtbot.keyClicks(popup.search, "relu")
    qtbot.keyClick(popup.search, Qt.Key.Key_Down)
    qtbot.keyClick(popup.search, Qt.Key.Key_Up)
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert window.session.graph.incoming[graph.named("relu").id] == {"x": Port(graph.named("conv").id, "y")}
    assert window.session.undo_stack.undoText() == "Connect to relu"


def test_without_a_node_the_key_says_what_to_do(window: MainWindow) -> None:
    window.session.select([])
    window.tools.adder.connect_selected()
    bar = window.statusBar()
    assert bar is not None
    assert bar.currentMessage() == "Select one node to wire it, or two to wire them to each other."


def test_shift_and_arrows_select_more(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.key(Qt.Key.Key_Right, SHIFT)
    canvas.key(Qt.Key.Key_Right, SHIFT)
    assert canvas.selected() == ["conv1", "relu1", "pool1"]
    canvas.key(Qt.Key.Key_Right)
    assert canvas.selected() == ["conv2"]


def test_another_button_does_not_end_a_pull(canvas: Canvas) -> None:
    start, end = canvas.port("conv1", "out", "y"), canvas.port("conv1", "out", "y") + QPoint(10, 50)
    canvas.pull(start, end)
    canvas.qtbot.mousePress(canvas.viewport, RIGHT, CTRL, end)
    canvas.qtbot.mouseRelease(canvas.viewport, RIGHT, CTRL, end)
    assert canvas.scene.is_in_gesture
    assert canvas.searched == []
    canvas.let_go(end)
    assert len(canvas.searched) == 1
    assert not canvas.scene.is_in_gesture

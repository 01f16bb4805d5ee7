"""What is done to the selection: deleted, copied, moved, tidied, bypassed, renamed, walked over. One step each."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Graph, Port
from workbench.editing.walking import neighbour

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def test_delete_joins_the_flow_where_shapes_allow(canvas: Canvas) -> None:
    before = canvas.graph
    canvas.select("relu1", "pool1")
    canvas.scene.commands.delete_selection()
    assert canvas.graph.incoming[canvas.id("conv2")] == {"x": Port(canvas.id("conv1"), "y")}
    assert canvas.session.analysis.problems == []
    assert canvas.steps == 1
    canvas.undo()
    assert canvas.graph == before


def test_delete_leaves_a_gap_where_the_value_would_not_fit(canvas: Canvas) -> None:
    canvas.select("flatten")
    canvas.scene.commands.delete_selection()
    assert canvas.graph.incoming[canvas.id("fc1")] == {}


def test_cutting_joins_nothing(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.scene.commands.cut_selection()
    assert canvas.graph.incoming[canvas.id("pool1")] == {}
    assert canvas.steps == 1


def test_a_selected_wire_is_cut(canvas: Canvas) -> None:
    edge = next(edge for edge in canvas.graph.edges if edge.target.node == canvas.id("relu1"))
    canvas.scene.edges[edge].setSelected(True)
    canvas.scene.commands.delete_selection()
    assert edge not in canvas.graph.edges
    assert canvas.session.undo_stack.undoText() == "Cut wire"


def test_copies_stand_apart_are_selected_and_wired_inside(canvas: Canvas) -> None:
    canvas.scene.commands.pointer = lambda: None
    canvas.select("conv1", "relu1")
    assert canvas.scene.commands.copy_selection()
    canvas.scene.commands.paste()
    canvas.scene.commands.paste()
    boxes = [item.scene_box() for item in canvas.scene.nodes.values()]
    assert not [1 for one, other in combinations(boxes, 2) if one.intersects(other)]
    assert canvas.selected() == ["conv4", "relu6"]
    assert canvas.graph.incoming[canvas.id("relu6")] == {"x": Port(canvas.id("conv4"), "y")}
    assert canvas.graph.incoming[canvas.id("conv4")] == {}
    assert canvas.steps == 2


def test_paste_with_inputs_keeps_the_wire_that_comes_in(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.scene.commands.copy_selection()
    canvas.scene.commands.paste_with_inputs()
    assert canvas.graph.incoming[canvas.id("conv3")] == {"x": Port(canvas.id("image"), "y")}


def test_cut_and_paste_into_another_window(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.select("conv1", "relu1")
    canvas.scene.commands.cut_to_clipboard()
    assert "conv1" not in canvas.graph.by_name
    other = Canvas(qtbot, Graph())
    other.scene.commands.paste()
    assert set(other.graph.by_name) == {"conv1", "relu1"}
    assert len(other.graph.edges) == 1


def test_duplicating_leaves_the_clipboard(canvas: Canvas) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("mine")
    canvas.select("conv1")
    canvas.scene.commands.duplicate_selection()
    assert canvas.selected() == ["conv3"]
    assert clipboard.text() == "mine"
    canvas.scene.commands.paste()
    assert "no part of a network" in canvas.told[0]


def test_tidy_is_one_step_that_covers_nothing(canvas: Canvas) -> None:
    canvas.scene.commands.nudge(0, 0)
    canvas.select("fc1", "relu3")
    canvas.scene.commands.nudge(-300, -170)
    canvas.select()
    messy = canvas.graph
    canvas.scene.commands.tidy()
    boxes = [box.scene_box() for box in canvas.scene.boxes()]
    assert not [(a, b) for a in boxes for b in boxes if a is not b and a.intersects(b)]
    assert canvas.steps == 2
    canvas.undo()
    assert canvas.graph == messy


def test_tidying_a_selection_leaves_the_rest_where_it_is(canvas: Canvas) -> None:
    canvas.select("conv2", "relu2", "pool2")
    rest = {node.name: node.position for node in canvas.graph if node.name not in canvas.selected()}
    canvas.select("relu2")
    canvas.scene.commands.nudge(33, 77)
    canvas.select("conv2", "relu2", "pool2")
    canvas.scene.commands.tidy()
    assert {name: canvas.graph.named(name).position for name in rest} == rest
    ys = {canvas.graph.named(name).position[1] for name in ("conv2", "relu2", "pool2")}
    assert len(ys) == 1


def test_boxes_glide_to_their_places_and_arrive(canvas: Canvas) -> None:
    canvas.select("fc1")
    canvas.scene.commands.nudge(-300, -170)
    canvas.select()
    canvas.scene.changes.is_animated = True
    start = canvas.item("fc1").pos()
    canvas.scene.commands.tidy()
    assert canvas.item("fc1").pos() == start
    wanted = QPointF(*canvas.graph.named("fc1").position)
    assert wanted != start
    canvas.qtbot.waitUntil(lambda: canvas.item("fc1").pos() == wanted, timeout=5000)


def test_bypass_is_one_step_for_all_selected(canvas: Canvas) -> None:
    canvas.select("relu1", "relu2")
    canvas.scene.commands.toggle_bypass()
    assert canvas.graph.named("relu1").bypass
    assert canvas.graph.named("relu2").bypass
    assert canvas.steps == 1
    canvas.scene.commands.toggle_bypass()
    assert not canvas.graph.named("relu1").bypass


def test_a_node_is_renamed_over_its_header(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.view.rename_selected()
    line = canvas.view.overlays.line
    assert line.text() == "conv1"
    qtbot.keyClicks(line, "stem")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert canvas.graph.named("stem").layer == "Conv2d"
    assert not line.isVisible()
    canvas.view.rename_selected()
    qtbot.keyClicks(line, "other")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert "other" not in canvas.graph.by_name
    canvas.view.rename_selected()
    qtbot.keyClicks(line, "conv2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "conv2" in canvas.told[0]


def test_arrows_walk_along_the_wires_and_between_lines(canvas: Canvas) -> None:
    canvas.key(Qt.Key.Key_Right)
    assert canvas.selected() == ["image"]
    canvas.key(Qt.Key.Key_Right)
    assert canvas.selected() == ["conv1"]
    canvas.key(Qt.Key.Key_Down)
    assert canvas.selected() == ["fc1"]
    canvas.key(Qt.Key.Key_Left)
    assert canvas.selected() == ["flatten"]
    canvas.key(Qt.Key.Key_Up)
    assert canvas.selected() == ["image"]
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.selected() == []


def test_nudging_again_and_again_is_one_step(canvas: Canvas) -> None:
    canvas.select("conv1", "relu1")
    x, y = canvas.graph.named("conv1").position
    for _ in range(3):
        canvas.key(Qt.Key.Key_Down, CTRL)
    assert canvas.graph.named("conv1").position == (x, y + 120)
    assert canvas.steps == 1


def test_several_nodes_are_dragged_together_and_escape_puts_them_back(canvas: Canvas) -> None:
    canvas.select("fc1", "fc2")
    before = canvas.item("fc2").pos()
    start = canvas.header("fc1")
    canvas.pull(start, start + QPoint(30, 60))
    assert canvas.item("fc2").pos() != before
    canvas.key(Qt.Key.Key_Escape)
    canvas.let_go(start + QPoint(30, 60))
    assert canvas.item("fc2").pos() == before
    assert canvas.steps == 0
    canvas.drag(start, start + QPoint(30, 60))
    assert canvas.steps == 1
    assert canvas.graph.named("fc2").position != (before.x(), before.y())


@pytest.mark.parametrize("is_alt", [False, True])
def test_a_node_without_wires_is_put_on_the_wire_that_it_is_dropped_on(
    canvas: Canvas,
    is_alt: bool,
) -> None:
    canvas.select("relu1")
    canvas.scene.commands.duplicate_selection()
    (new,) = canvas.session.selection
    conv, pool = canvas.item("relu1"), canvas.item("pool1")
    gap = canvas.scene.edges[next(e for e in canvas.graph.edges if e.target.node == pool.node.id)]
    start = canvas.at(canvas.scene.nodes[new].pos() + QPointF(75, 13))
    middle = (
        conv.mapToScene(conv.place_of("out", Port(conv.node.id, "y")))
        + pool.mapToScene(pool.place_of("in", Port(pool.node.id, "x")))
    ) / 2
    canvas.pull(start, canvas.at(middle))
    assert gap.is_lit
    if is_alt:
        canvas.qtbot.mouseRelease(
            canvas.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, canvas.at(middle)
        )
        assert canvas.graph.incoming[new] == {}
    else:
        canvas.let_go(canvas.at(middle))
        assert canvas.graph.incoming[new] == {"x": Port(canvas.id("relu1"), "y")}
        assert canvas.graph.incoming[canvas.id("pool1")] == {"x": Port(new, "y")}
    assert canvas.steps == 2


def test_up_and_down_take_the_nearest_one_there() -> None:
    places = {"a": (0.0, 0.0), "b": (0.0, 150.0), "c": (500.0, 60.0)}
    assert neighbour(places, [], "a", "down") == "b"
    assert neighbour(places, [], "b", "up") == "a"
    assert neighbour(places, [("a", "c")], "a", "right") == "c"
    assert neighbour(places, [], "a", "left") is None


def test_a_residual_block_loses_a_node_of_its_branch(qtbot: QtBot) -> None:
    made = Canvas(qtbot, drawn("small-resnet", (3, 32, 32)))
    add = next(node for node in made.graph if node.layer == "Add")
    batch_norm = made.graph.nodes[made.graph.incoming[add.id]["x.0"].node]
    made.session.select([batch_norm.id])
    made.scene.commands.delete_selection()
    assert made.session.analysis.problems == []
    assert len(made.graph.incoming[add.id]) == 2

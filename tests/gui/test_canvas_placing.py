"""Where things come on the canvas: pastes at the mouse, layers between others that make room, nothing upon anything."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Edge, Port
from workbench.core.groups import fold
from workbench.editing.adding import wire_behind
from workbench.editing.room import APART, room_between
from workbench.gui.editor.palette import layer_data
from workbench.gui.window.main_window import MainWindow

LEFT, NONE, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def wire(canvas: Canvas, source: str, target: str) -> Edge:
    return next(
        e for e in canvas.graph.edges if (e.source.node, e.target.node) == (canvas.id(source), canvas.id(target))
    )


def drop(canvas: Canvas, place: QPointF, layer: str) -> None:
    data = layer_data(layer)
    canvas.view.dropEvent(QDropEvent(QPointF(canvas.at(place)), COPY, data, LEFT, NONE))


def test_a_paste_comes_to_the_mouse_where_that_is_free(canvas: Canvas) -> None:
    canvas.select("conv1", "relu1")
    canvas.scene.commands.copy_selection()
    below = canvas.scene.bounds().bottomLeft() + QPointF(300, 250)
    canvas.scene.commands.pointer = lambda: below
    canvas.scene.commands.paste()
    boxes = [canvas.scene.box_of(id_).scene_box() for id_ in canvas.session.selection]
    middle = boxes[0].united(boxes[1]).center()
    assert (middle - below).manhattanLength() < 60
    assert canvas.covered() == []
    assert canvas.session.undo_stack.undoText() == "Paste 2 nodes"
    canvas.undo()
    assert len(canvas.graph.nodes) == len(drawn("lenet5").nodes)


@pytest.mark.parametrize("name", ["conv1", "pool2", "loss"])
def test_a_paste_over_a_node_comes_beside_it(canvas: Canvas, name: str) -> None:
    canvas.select("conv2", "relu2", "pool2")
    canvas.scene.commands.copy_selection()
    middle = canvas.item(name).scene_box().center()
    canvas.scene.commands.pointer = lambda: middle
    for _ in range(3):
        canvas.scene.commands.paste()
    assert canvas.covered() == []
    assert canvas.steps == 3


@pytest.mark.parametrize("names", [("conv1",), ("fc1", "relu3"), ("image", "conv1", "relu1", "pool1", "conv2")])
def test_duplicates_never_lie_upon_others(canvas: Canvas, names: tuple[str, ...]) -> None:
    canvas.select(*names)
    for _ in range(3):
        canvas.scene.commands.duplicate_selection()
    assert canvas.covered() == []
    what = f"{len(names)} nodes" if len(names) > 1 else canvas.selected()[0]
    assert canvas.session.undo_stack.undoText() == f"Duplicate {what}"


def test_the_mouse_elsewhere_lets_a_paste_come_beside_the_originals(canvas: Canvas) -> None:
    canvas.scene.commands.pointer = lambda: None
    canvas.select("conv1")
    canvas.scene.commands.copy_selection()
    canvas.scene.commands.paste()
    assert canvas.covered() == []
    (new,) = canvas.session.selection
    far = canvas.scene.nodes[new].pos() - canvas.item("conv1").pos()
    assert far.manhattanLength() < 320


def test_the_mouse_over_the_canvas_is_where_pastes_come(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    from PyQt6.QtGui import QCursor

    place = canvas.viewport.mapToGlobal(QPoint(20, 30))
    monkeypatch.setattr(canvas.view, "cursor", lambda: type("Cursor", (QCursor,), {"pos": lambda self: place})())
    found = canvas.view.pointer()
    assert found == canvas.view.mapToScene(20, 30)
    place = canvas.viewport.mapToGlobal(QPoint(-5, 30))
    assert canvas.view.pointer() is None


@pytest.mark.parametrize(("source", "target"), [("conv1", "relu1"), ("image", "conv1"), ("relu1", "pool1")])
def test_a_layer_dropped_on_a_short_wire_has_its_neighbours_make_room(canvas: Canvas, source: str, target: str) -> None:
    before = canvas.graph
    drop(canvas, canvas.scene.edges[wire(canvas, source, target)].middle(), "BatchNorm2d")
    new = canvas.graph.named("bn1")
    assert canvas.graph.incoming[canvas.id(target)] == {"x": Port(new.id, "y")}
    assert canvas.covered() == []
    start, end = canvas.graph.named(source).position, canvas.graph.named(target).position
    assert start[0] + 150 + APART == new.position[0]
    assert start[1] == new.position[1] == end[1]
    assert end[0] == new.position[0] + 150 + APART
    assert canvas.steps == 1
    canvas.undo()
    assert canvas.graph == before


def test_only_what_is_to_the_right_in_its_row_slides(canvas: Canvas) -> None:
    places = {node.name: node.position for node in canvas.graph}
    assert canvas.scene.commands.put_on_wire(wire(canvas, "conv1", "relu1"), "Dropout")
    for node in canvas.graph:
        if node.name in places:
            x, y = places[node.name]
            slides = y == places["conv1"][1] and x >= places["relu1"][0]
            assert (node.position[0] > x) == slides, node.name
            assert node.position[1] == y


def test_a_wide_gap_needs_no_room(canvas: Canvas) -> None:
    canvas.select("relu1", "pool1")
    canvas.scene.commands.delete_selection()
    canvas.session.undo_stack.clear()
    places = {node.name: node.position for node in canvas.graph}
    assert canvas.scene.commands.put_on_wire(wire(canvas, "conv1", "conv2"), "Tanh")
    assert {node.name: node.position for node in canvas.graph if node.name in places} == places
    assert canvas.covered() == []


@pytest.mark.parametrize("template", ["small-resnet", "dcign32", "deconv2"])
def test_on_every_wire_there_is_room(qtbot: QtBot, template: str) -> None:
    canvas = Canvas(qtbot, drawn(template, (3, 32, 32) if template == "small-resnet" else (1, 32, 32)))
    already = set(canvas.covered())
    for edge in canvas.graph.edges:
        if canvas.scene.commands.put_on_wire(edge, "Identity"):
            assert set(canvas.covered()) <= already
            canvas.undo()


def test_a_node_that_is_dragged_onto_a_wire_has_room_made_too(canvas: Canvas) -> None:
    drop(canvas, canvas.scene.bounds().bottomLeft() + QPointF(90, -30), "BatchNorm2d")
    canvas.view.fit()
    before = canvas.graph
    end = canvas.at(canvas.scene.edges[wire(canvas, "conv1", "relu1")].middle())
    canvas.drag(canvas.header("bn1"), end - (canvas.at(QPointF(75, 26)) - canvas.at(QPointF(70, 12))))
    assert canvas.session.undo_stack.undoText() == "Put bn1 on a wire"
    assert canvas.graph.incoming[canvas.id("relu1")] == {"x": Port(canvas.id("bn1"), "y")}
    assert canvas.covered() == []
    canvas.undo()
    assert canvas.graph == before


def test_a_layer_behind_the_selected_node_comes_between_and_covers_nothing(window: MainWindow) -> None:
    before = window.session.graph
    conv, bn = before.named("conv"), before.named("bn")
    window.session.select([conv.id])
    window.tools.adder.add("Tanh")
    new = window.session.graph.named("tanh1")
    assert conv.position[0] < new.position[0] < window.session.graph.named("bn").position[0]
    assert new.position[1] == conv.position[1] == bn.position[1]
    boxes = [item.scene_box() for item in window.scene.nodes.values()]
    assert not [1 for i, one in enumerate(boxes) for other in boxes[:i] if one.intersects(other)]
    window.session.undo_stack.undo()
    assert window.session.graph == before
    assert wire_behind(before, window.session.analysis.shapes, conv.id, "Target") is None


def test_folded_groups_slide_whole(canvas: Canvas) -> None:
    canvas.select("relu1", "pool1")
    canvas.scene.grouping.group_selection()
    prefix = next(iter(canvas.graph.groups))
    canvas.scene.changes.do(fold(canvas.graph, prefix, folded=True))
    before = canvas.graph
    inside = [canvas.graph.named(f"{prefix}.{name}").position for name in ("relu1", "pool1")]
    edge = next(e for e in canvas.graph.edges if e.source.node == canvas.id("conv1"))
    assert canvas.scene.commands.put_on_wire(edge, "Tanh")
    after = [canvas.graph.named(f"{prefix}.{name}").position for name in ("relu1", "pool1")]
    steps = {(b[0] - a[0], b[1] - a[1]) for a, b in zip(inside, after, strict=True)}
    assert len(steps) == 1
    assert canvas.covered() == []
    canvas.undo()
    assert canvas.graph == before


def test_what_slides_pushes_what_it_would_lie_upon() -> None:
    boxes = {"a": (0.0, 0.0, 150.0, 106.0), "b": (216.0, 0.0, 150.0, 106.0), "c": (500.0, 90.0, 150.0, 106.0),
             "d": (700.0, 150.0, 150.0, 106.0), "e": (0.0, 300.0, 150.0, 106.0)}  # fmt: skip
    room = room_between(boxes, "a", "b")
    assert room is not None
    assert room.place == (216.0, 0.0)
    assert (room.step, room.aside) == (216.0, {"b", "c", "d"})
    assert room_between(boxes, "b", "a") is None
    assert room_between(boxes, "a", "e") is None
    assert room_between(boxes, "a", "c") is None  # b stands between


@pytest.mark.parametrize(("name", "layer", "port"), [("loss", "Target", "target"), ("conv", "Input", "x")])
def test_what_feeds_the_selected_node_is_wired_to_its_free_input(
    window: MainWindow, name: str, layer: str, port: str
) -> None:
    session = window.session
    session.select([node.id for node in session.graph if node.layer == layer])
    window.scene.commands.cut_selection()
    before, node = session.graph, session.graph.named(name)
    session.select([node.id])
    window.tools.adder.add(layer)
    (new,) = session.selection
    assert session.graph.nodes[new].layer == layer
    assert session.graph.incoming[node.id][port] == Port(new, "y")
    assert session.undo_stack.undoText() == f"Add {session.graph.nodes[new].name}"
    session.undo_stack.undo()
    assert session.graph == before


def test_where_every_input_is_wired_it_stands_for_itself(window: MainWindow) -> None:
    session = window.session
    edges = session.graph.edges
    session.select([session.graph.named("loss").id])
    window.tools.adder.add("Target")
    assert session.graph.edges == edges

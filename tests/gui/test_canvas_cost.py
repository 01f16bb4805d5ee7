"""What the canvas does for one change: it describes, lays and paints what is another, and not the whole network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QGraphicsItem, QToolTip
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.edits import MISSING, CompositeGraphEdit, SetField, SetGroup
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import connect, moved, rename, set_param
from workbench.core.groups import fold
from workbench.editing.box_sizes import WIDTH
from workbench.editing.node_text import node_text
from workbench.gui.document.session import Session
from workbench.gui.editor import scene_items, wire_items
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.group_item import FoldedItem
from workbench.gui.editor.minimap import Minimap
from workbench.gui.editor.moving import Moving
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.scene_items import SceneItems
from workbench.model import receptive_fields
from workbench.project.document import Project

Work = Counter[str]


def rows(count: int) -> Graph:
    """Convolutions in rows of ten; every fifth adds what came five before."""
    nodes, edges = {}, []
    for i in range(count):
        layer = "Input" if i == 0 else "Add" if i % 5 == 0 and i > 5 else "Conv2d"
        params: dict[str, Any] = {"shape": [4, 16, 16]} if i == 0 else {}
        if layer == "Conv2d":
            params = {"out_channels": 4, "kernel_size": 3, "padding": 1}
        nodes[f"n{i}"] = Node(f"n{i}", f"node{i}", layer, params, (i % 10 * 216.0, i // 10 * 164.0))
        if i:
            edges.append(Edge(Port(f"n{i - 1}", "y"), Port(f"n{i}", "x.0" if layer == "Add" else "x")))
        if layer == "Add":
            edges.append(Edge(Port(f"n{i - 5}", "y"), Port(f"n{i}", "x.1")))
    return Graph(nodes, tuple(edges))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts what is done, by its name."""
    counted: Work = Counter()

    def count(owner: Any, name: str, told: str) -> None:
        own = getattr(owner, name)

        def noted(*args: Any, **kwargs: Any) -> Any:
            counted[told] += 1
            return own(*args, **kwargs)

        monkeypatch.setattr(owner, name, noted)

    count(scene_items, "node_text", "described")
    count(NodeItem, "_describe", "described again")
    count(wire_items.WireItems, "_lay", "laid")
    count(EdgeItem, "set_label_shown", "told")
    count(SceneItems, "bounds", "bounds")
    count(Minimap, "_drawing", "minimap")
    count(Project, "apply", "applied")
    return counted


@pytest.mark.parametrize(("count", "at"), [(60, 31), (200, 7)])
def test_an_edit_describes_what_it_changes(qtbot: QtBot, work: Work, count: int, at: int) -> None:
    canvas = Canvas(qtbot, rows(count))
    work.clear()
    canvas.session.push(set_param(canvas.graph.nodes[f"n{at}"], "bias", False))
    assert work["described"] <= 2
    assert work["laid"] == 0
    assert work["applied"] == 1


@pytest.mark.parametrize("count", [60, 200])
def test_a_drag_lays_the_wires_of_what_is_moved(qtbot: QtBot, work: Work, count: int) -> None:
    canvas = Canvas(qtbot, rows(count))
    box = canvas.scene.box_of("n13")
    gesture = Moving(canvas.scene.changes, canvas.scene.placing, [box], box.pos())
    work.clear()
    for step in range(1, 6):
        gesture.move(box.pos() + QPointF(40 * step, 20), Qt.KeyboardModifier.NoModifier)
    assert work["laid"] == 5 * 2
    assert work["told"] <= 5 * 4
    assert work["bounds"] == 0
    gesture.cancel()


def test_a_pan_paints_what_comes_into_sight_and_keeps_the_overview(
    qtbot: QtBot, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = Canvas(qtbot, rows(200))
    canvas.view.zoom_reset()
    canvas.view.centerOn(QPointF(900, 1500))
    painted: list[NodeItem] = []
    own = NodeItem.paint

    def noted(item: NodeItem, *args: Any) -> None:
        painted.append(item)
        own(item, *args)

    monkeypatch.setattr(NodeItem, "paint", noted)
    canvas.viewport.repaint()
    qtbot.waitUntil(lambda: len(painted) > 15)
    whole, overlays = len(set(painted)), canvas.view.overlays
    assert overlays.minimap.isVisible()
    assert overlays.zoom.isVisible()
    places = [each.pos() for each in (overlays.minimap, overlays.zoom, overlays.card)]
    painted.clear()
    work.clear()
    bar = canvas.view.horizontalScrollBar()
    assert bar is not None
    bar.setValue(bar.value() + 9)
    qtbot.waitUntil(lambda: bool(painted))
    assert len(set(painted)) < whole / 2
    assert [each.pos() for each in (overlays.minimap, overlays.zoom, overlays.card)] == places
    assert work["minimap"] <= 1
    for _ in range(5):
        bar.setValue(bar.value() + 9)
        overlays.minimap.repaint()
    assert work["minimap"] <= 1


def everything(session: Session, scene: SceneItems) -> dict[str, Any]:
    """What the canvas shows of every item."""
    nodes = {id_: (item.node, item.shown, item.numbers(), item.pos(), item.height, item.toolTip(), item.ends,
                   item.isVisible()) for id_, item in scene.nodes.items()}  # fmt: skip
    wires = {edge: (item._text, item._path, item._label_shown, item.goes_round) if item.isVisible() else None
             for edge, item in scene.edges.items()}  # fmt: skip
    folded = {prefix: (item.shown, item.pos(), item.ids) for prefix, item in scene.groups.folded.items()}
    frames = {prefix: item.area() for prefix, item in scene.groups.frames.items()}
    return {"nodes": nodes, "wires": wires, "folded": folded, "frames": frames, "bounds": scene.bounds()}


def grown(canvas: Canvas) -> dict[str, Any]:
    return everything(canvas.session, canvas.scene)


def anew(canvas: Canvas) -> dict[str, Any]:
    """What a canvas shows that begins with this network."""
    session = Session(Project.new(canvas.graph, {}, {}))
    scene = SceneItems(session, canvas.scene.theme)
    scene.sync()
    return everything(session, scene)


def see_more(graph: Graph) -> Any:
    """Gives a layer a larger window of the same output size: behind it nothing but the receptive fields changes."""
    conv = graph.named("conv2")
    return CompositeGraphEdit((set_param(conv, "kernel_size", 7), set_param(conv, "padding", 1)), "See more")


def rewire(graph: Graph) -> Any:
    """Feeds a layer from before an activation: nothing else than the way back is another."""
    source = Port(next(iter(graph.incoming[graph.named("relu2").id].values())).node, "y")
    return connect(graph, source, Port(graph.named("pool2").id, "x"))


def widen(graph: Graph) -> Any:
    return set_param(graph.named("conv2"), "out_channels", 17)


def shrink(graph: Graph) -> Any:
    return set_param(graph.named("conv2"), "kernel_size", 90)


def call_other(graph: Graph) -> Any:
    return rename(graph, graph.named("pool1"), "halves")


def bypass(graph: Graph) -> Any:
    return SetField(graph.named("relu1").id, "bypass", False, True, "relu1")


def move(graph: Graph) -> Any:
    return CompositeGraphEdit(tuple(moved(graph, {graph.named("conv2").id: (600.0, 900.0)})), "Move")


CHANGES: list[Callable[[Graph], Any]] = [widen, shrink, call_other, bypass, move, see_more, rewire]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_is_shown_after_an_edit_is_what_the_network_is(qtbot: QtBot, change: Callable[[Graph], Any]) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    before = grown(canvas)
    canvas.session.push(change(canvas.graph))
    assert grown(canvas) == anew(canvas) != before
    canvas.session.undo_stack.undo()
    assert grown(canvas) == anew(canvas) == before
    canvas.session.undo_stack.redo()
    assert grown(canvas) == anew(canvas)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the nodes that are painted, with all that can be read of them."""
    found: list[str] = []
    own = NodeItem._paint_body

    def noted(item: NodeItem, *args: Any) -> None:
        found.append(item.node.name)
        own(item, *args)

    monkeypatch.setattr(NodeItem, "_paint_body", noted)
    return found


def wait_painted(qtbot: QtBot, canvas: Canvas, painted: list[str], names: set[str]) -> None:
    """Waits until all that is in sight is painted, these among it, and nothing is left to be painted."""
    qtbot.waitUntil(lambda: names <= set(painted))
    QApplication.sendPostedEvents()
    painted.clear()
    canvas.viewport.repaint()
    qtbot.waitUntil(lambda: names <= set(painted))
    QApplication.sendPostedEvents()
    painted.clear()


@pytest.mark.parametrize(
    ("conv", "size", "before", "behind"), [("conv2", 7, "pool1", "pool2"), ("conv1", 3, "image", "relu2")]
)
def test_a_node_of_which_the_receptive_field_alone_is_another_is_painted_anew(
    qtbot: QtBot, painted: list[str], conv: str, size: int, before: str, behind: str
) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    names = ("image", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2")
    places = {canvas.id(name): (i % 4 * 230.0, i // 4 * 200.0) for i, name in enumerate(names)}
    canvas.session.push(CompositeGraphEdit(tuple(moved(canvas.graph, places)), "Move"))
    canvas.view.zoom_reset()
    canvas.view.centerOn(450.0, 200.0)
    wait_painted(qtbot, canvas, painted, {before, conv, behind})
    node, was = canvas.graph.named(conv), canvas.item(behind).numbers()
    sizes = (set_param(node, "kernel_size", size), set_param(node, "padding", 1))
    canvas.session.push(CompositeGraphEdit(sizes, "See another part"))
    qtbot.waitUntil(lambda: {conv, behind} <= set(painted))
    assert canvas.item(behind).shown.numbers == was[:-1]
    assert canvas.item(behind).numbers()[-1] != was[-1]
    assert before not in painted


@pytest.mark.parametrize("count", [60, 200])
def test_receptive_fields_are_worked_out_for_what_is_painted(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, painted: list[str], count: int
) -> None:
    found: Counter[str] = Counter()
    for name in ("receptive_field", "same_behind"):
        own = getattr(receptive_fields, name)

        def noted(*args: Any, _own: Any = own) -> Any:
            found["worked out"] += 1
            return _own(*args)

        monkeypatch.setattr(receptive_fields, name, noted)
    canvas = Canvas(qtbot, rows(count))
    canvas.view.zoom_reset()
    canvas.view.centerOn(QPointF(450.0, 150.0))
    wait_painted(qtbot, canvas, painted, {"node12"})
    found.clear()
    canvas.session.push(set_param(canvas.graph.nodes["n3"], "dilation", 2))
    canvas.session.push(set_param(canvas.graph.nodes["n3"], "padding", 2))
    assert not found
    qtbot.waitUntil(lambda: "node12" in painted)
    assert 0 < found["worked out"] <= 50


def test_groups_and_pastes_are_shown_as_they_are(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("resnet18", (3, 32, 32)))
    prefix = next(iter(canvas.graph.groups))
    inside = next(node for node in canvas.graph if node.name.startswith(f"{prefix}.") and node.layer == "Conv2d")
    for edit in (lambda: set_param(inside, "bias", True), lambda: fold(canvas.graph, prefix, folded=False),
                 lambda: fold(canvas.graph, prefix, folded=True), lambda: fold(canvas.graph, prefix, folded=False),
                 lambda: SetGroup(prefix, canvas.graph.groups[prefix], MISSING)):  # fmt: skip
        canvas.session.push(edit())
        assert grown(canvas) == anew(canvas)
    canvas.session.push(rename(canvas.graph, canvas.graph.nodes[inside.id], "outside_now"))
    assert grown(canvas) == anew(canvas)
    while canvas.session.undo_stack.canUndo():
        canvas.session.undo_stack.undo()
        assert grown(canvas) == anew(canvas)


def test_a_hint_on_a_node_of_which_nothing_else_changed_is_shown(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    canvas.session.push(set_param(canvas.graph.named("fc2"), "out_features", 10))
    canvas.session.push(SetField(canvas.id("fc3"), "bypass", False, True, "fc3"))
    assert canvas.item("relu4").shown.is_hint
    assert grown(canvas) == anew(canvas)
    canvas.session.undo_stack.undo()
    assert not canvas.item("relu4").shown.problem
    assert grown(canvas) == anew(canvas)


@pytest.mark.parametrize("place", [(320.0, 380.0), (300.0, 500.0)])
def test_of_several_wires_along_one_way_another_says_what_travels_once_one_is_moved(
    qtbot: QtBot, place: tuple[float, float]
) -> None:
    names = ("s", "m", "n", "p", "q")
    nodes = {name: Node(name, name, "Input" if name == "s" else "ReLU", {"shape": [1, 8, 8]} if name == "s" else {},
                        (216.0 * at, 0.0)) for at, name in enumerate(names)}  # fmt: skip
    wires = [("s", "m"), ("m", "n"), ("s", "p"), ("s", "q")]
    canvas = Canvas(qtbot, Graph(nodes, tuple(Edge(Port(a, "y"), Port(b, "x")) for a, b in wires)))
    to_p = next(item for edge, item in canvas.scene.edges.items() if edge.target.node == "p")
    assert not to_p._label_shown
    canvas.session.push(CompositeGraphEdit(tuple(moved(canvas.graph, {"q": place})), "Move"))
    assert to_p._label_shown
    assert grown(canvas) == anew(canvas)


@pytest.mark.parametrize("end", [(900.0, 700.0), (700.0, 1100.0)])
def test_a_shape_on_a_wire_gives_way_to_a_box_that_comes_upon_it(qtbot: QtBot, end: tuple[float, float]) -> None:
    rows = (("a", "Input", (0.0, 0.0)), ("b", "ReLU", end), ("c", "ReLU", (0.0, 900.0)))
    nodes = {name: Node(name, name, layer, {"shape": [1, 8, 8]} if layer == "Input" else {}, place)
             for name, layer, place in rows}  # fmt: skip
    canvas = Canvas(qtbot, Graph(nodes, (Edge(Port("a", "y"), Port("b", "x")),)))
    (wire,) = canvas.scene.edges.values()
    first, path = wire.label(1.0), wire._path
    assert first is not None
    beside = (round(first[1].left() + 8 - WIDTH), round(first[1].bottom() - 5))
    canvas.session.push(CompositeGraphEdit(tuple(moved(canvas.graph, {"c": beside})), "Move"))
    assert wire._path == path
    second = wire.label(1.0)
    assert second is not None
    assert first[1].intersects(canvas.scene.box_of("c").scene_box())
    assert not second[1].intersects(canvas.scene.box_of("c").scene_box())


def test_the_overview_shows_where_boxes_are_now(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, rows(60))
    canvas.view.overlays.toggle_minimap()
    if not canvas.view.overlays.minimap.isVisible():
        canvas.view.overlays.toggle_minimap()

    def seen() -> QImage:
        return canvas.view.overlays.minimap.grab().toImage()

    before = seen()
    places = {"n22": (700.0, 330.0), "n23": (430.0, 500.0)}
    canvas.session.push(CompositeGraphEdit(tuple(moved(canvas.graph, places)), "Move"))
    after = seen()
    assert after != before
    canvas.session.select(["n40", "n41"])
    assert seen() != after


def test_the_text_of_a_node_comes_of_nothing_else_than_what_it_is_kept_by(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    for change in CHANGES:
        canvas.session.push(change(canvas.graph))
        analysis = canvas.session.analysis
        for id_, item in canvas.scene.nodes.items():
            node = canvas.graph.nodes[id_]
            assert item.shown == node_text(analysis, node, analysis.first_problems.get(node.name))


def test_what_is_painted_far_away_is_the_colour_of_its_layer(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, rows(10))
    item = canvas.item("node3")
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    canvas.scene.render(
        painter, QRectF(0, 0, 400, 300), QRectF(item.pos() - QPointF(2000, 1500), item.pos() + QPointF(2000, 1500))
    )
    painter.end()
    assert image.pixelColor(207, 153).getRgb()[:3] == item.colour.getRgb()[:3]
    assert isinstance(canvas.scene.nodes["n3"], NodeItem)
    assert not any(isinstance(each, FoldedItem) for each in canvas.scene.items())


def test_a_tip_is_of_the_node_as_it_is_when_the_mouse_rests_on_it(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    item = canvas.item("conv2")
    for width in (21, 22):
        canvas.session.push(set_param(canvas.graph.named("conv2"), "out_channels", width))
        place = canvas.header("conv2")
        event = QHelpEvent(QEvent.Type.ToolTip, place, canvas.viewport.mapToGlobal(place))
        QApplication.sendEvent(canvas.viewport, event)
        assert f"{width}×" in QGraphicsItem.toolTip(item)  # what Qt itself reads
    QToolTip.hideText()

"""The canvas as a widget: layers dropped on it, zoom and fit, pictures on nodes, the card, the minimap."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QDragMoveEvent, QDropEvent, QImage, QPainter, QPainterPath
from PyQt6.QtWidgets import QApplication, QGraphicsView
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, line, picture
from tests.gui.canvas_page import Canvas
from workbench.core.edits import SetField
from workbench.core.graph import Port
from workbench.core.graph_edits import set_param
from workbench.editing.adding import added
from workbench.gui.editor.palette import LAYER_TYPE, Palette, dragged_layer, layer_data
from workbench.gui.editor.routing import wire_path
from workbench.gui.widgets import theme

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def hover(canvas: Canvas, place: QPoint, data: QMimeData) -> QDragMoveEvent:
    event = QDragMoveEvent(place, COPY, data, LEFT, NONE)
    canvas.view.dragMoveEvent(event)
    return event


def drop(canvas: Canvas, place: QPoint, data: QMimeData) -> QDropEvent:
    event = QDropEvent(QPointF(place), COPY, data, LEFT, NONE)
    canvas.view.dropEvent(event)
    return event


def test_the_palette_drags_names_of_layers() -> None:
    palette = Palette()
    (row,) = palette.tree.findItems("Conv2d", Qt.MatchFlag.MatchRecursive)
    assert dragged_layer(palette.tree.mimeData([row])) == "Conv2d"
    header = palette.tree.topLevelItem(0)
    assert header is not None
    assert palette.tree.mimeData([header]) is None
    strange = QMimeData()
    strange.setData(LAYER_TYPE, b"no such layer \xff")
    assert dragged_layer(strange) == ""


def test_a_layer_stands_where_it_is_dropped(canvas: Canvas) -> None:
    place = canvas.at(canvas.scene.bounds().bottomLeft() + QPointF(90, -30))
    data = layer_data("ReLU")
    assert hover(canvas, place, data).isAccepted()
    assert drop(canvas, place, data).isAccepted()
    (id_,) = canvas.session.selection
    assert canvas.scene.nodes[id_].scene_box().contains(canvas.view.mapToScene(place))
    assert canvas.graph.incoming[id_] == {}
    assert canvas.steps == 1


def test_a_layer_dropped_on_a_wire_is_put_on_it(canvas: Canvas) -> None:
    conv, relu = canvas.item("conv1"), canvas.item("relu1")
    begin = conv.mapToScene(conv.place_of("out", Port(conv.node.id, "y")))
    end = relu.mapToScene(relu.place_of("in", Port(relu.node.id, "x")))
    place = canvas.at((begin + end) / 2)
    wire = canvas.scene.edges[next(e for e in canvas.graph.edges if e.target.node == relu.node.id)]
    data = layer_data("BatchNorm2d")
    hover(canvas, place, data)
    assert wire.is_lit
    drop(canvas, place, data)
    new = canvas.graph.named("bn1").id
    assert canvas.graph.incoming[new] == {"x": Port(conv.node.id, "y")}
    assert canvas.graph.incoming[relu.node.id] == {"x": Port(new, "y")}
    assert canvas.steps == 1


def test_a_layer_without_a_way_through_lights_no_wire_and_files_are_left_to_the_window(canvas: Canvas) -> None:
    conv = canvas.item("conv1")
    place = canvas.at(conv.mapToScene(conv.place_of("out", Port(conv.node.id, "y"))) + QPointF(30, 0))
    hover(canvas, place, layer_data("Target"))
    assert not [wire for wire in canvas.scene.edges.values() if wire.is_lit]
    text = QMimeData()
    text.setText("a file")
    assert not hover(canvas, place, text).isAccepted()


def test_zoom_by_keys_and_fit(canvas: Canvas) -> None:
    view = canvas.view
    fitted = view.transform().m11()
    view.zoom_in()
    assert view.transform().m11() == pytest.approx(fitted * 1.25)
    view.zoom_out()
    assert view.transform().m11() == pytest.approx(fitted)
    view.zoom_reset()
    assert view.transform().m11() == 1.0
    for _ in range(50):
        view.zoom_out()
    assert view.transform().m11() == pytest.approx(0.05)
    assert not view.renderHints() & QPainter.RenderHint.Antialiasing
    view.fit()
    assert view.seen().contains(view.network())
    canvas.select("conv1")
    view.fit_selection()
    assert view.transform().m11() == pytest.approx(1.25)
    assert view.seen().center().x() == pytest.approx(canvas.item("conv1").scene_box().center().x(), abs=2)


def test_what_was_fitted_stays_so_while_the_window_changes(canvas: Canvas) -> None:
    canvas.view.resize(700, 400)
    assert canvas.view.seen().contains(canvas.view.network())
    canvas.view.zoom_reset()
    canvas.view.resize(900, 500)
    assert canvas.view.transform().m11() == 1.0


def test_the_names_can_be_read_when_all_of_a_network_is_seen(qtbot: QtBot, canvas: Canvas) -> None:
    """In a window of 1280x800 the canvas has about 790x560 pixels."""
    canvas.view.resize(790, 560)
    zoom = canvas.view.transform().m11()
    from workbench.gui.editor import painting

    assert painting.growing(painting.NAME_SIZE, zoom).pointSizeF() * zoom > 7
    assert painting.growing(painting.TEXT_SIZE, zoom).pointSizeF() * zoom > 6.4


def test_pictures_stand_on_their_nodes_and_the_node_grows(canvas: Canvas) -> None:
    conv, relu = canvas.item("conv1"), canvas.item("relu1")
    before = conv.height
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:, :] = (250, 10, 20)
    canvas.scene.set_thumbnails({conv.node.id: pixels, "gone": pixels})
    assert conv.height == before + 46
    assert relu.height == before
    assert conv.height <= 106
    canvas.view.zoom_reset()
    canvas.view.centerOn(conv)
    shot = canvas.view.grab().toImage()
    place = canvas.at(conv.mapToScene(conv.picture_rect().center()))
    assert shot.pixelColor(place) == QColor(250, 10, 20)
    canvas.scene.clear_thumbnails()
    assert conv.height == before


def test_a_picture_makes_room_for_a_problem(canvas: Canvas) -> None:
    conv = canvas.item("conv1")
    canvas.scene.set_thumbnails({conv.node.id: np.zeros((4, 8, 3), np.uint8)})
    canvas.scene.changes.do(set_param(conv.node, "kernel_size", 0))
    assert not conv.has_picture
    canvas.undo()
    assert conv.has_picture


def test_pictures_and_text_are_left_out_far_away(canvas: Canvas) -> None:
    conv = canvas.item("conv1")
    pixels = np.full((4, 8, 3), 255, np.uint8)

    def at_zoom(zoom: float) -> QImage:
        canvas.view.resetTransform()
        canvas.view.scale(zoom, zoom)
        canvas.view.centerOn(conv)
        return canvas.view.grab().toImage()

    far = at_zoom(0.2)
    canvas.scene.set_thumbnails({conv.node.id: pixels})
    place = canvas.at(conv.mapToScene(conv.picture_rect().center()))
    assert at_zoom(0.2).pixelColor(place) != QColor("white")
    assert far.pixelColor(place) != QColor("white")
    near = at_zoom(1.0)
    assert near.pixelColor(canvas.at(conv.mapToScene(conv.picture_rect().center()))) == QColor("white")


def test_losses_stand_on_their_nodes(canvas: Canvas) -> None:
    canvas.scene.set_losses({canvas.id("loss"): "0.041"})
    assert canvas.item("loss").loss == "0.041"
    canvas.scene.set_losses({})
    assert canvas.item("loss").loss == ""


def test_the_card_tells_problems_one_by_one_and_fixes_them(qtbot: QtBot, canvas: Canvas) -> None:
    card = canvas.view.overlays.card
    assert not card.isVisible()
    for name in ("conv1", "conv2"):
        canvas.scene.changes.do(set_param(canvas.graph.named(name), "kernel_size", 0))
        canvas.session.select([])
    assert card.isVisible()
    assert card._title.text() == "2 problems"
    assert "conv1" in card._text.text()
    canvas.undo()
    assert card._title.text() == "1 problem"
    assert not card.next.isVisible()
    canvas.undo()
    assert not card.isVisible()
    canvas.scene.changes.do(set_param(canvas.graph.named("conv1"), "kernel_size", 0))
    with qtbot.waitSignal(card.node_chosen) as chosen:
        qtbot.mouseClick(card, LEFT, pos=QPoint(5, 5))
    assert chosen.args == [canvas.id("conv1")]
    assert canvas.selected() == ["conv1"]
    qtbot.mouseClick(card.fix, LEFT)
    assert canvas.session.analysis.problems == []
    assert not card.isVisible()


def test_next_goes_round_all_problems(qtbot: QtBot) -> None:
    graph = line(picture(), ("a", "Conv2d", {"kernel_size": 0}))
    other = line(("b", "Conv2d", {"kernel_size": -1}))
    made = Canvas(qtbot, type(graph)({**graph.nodes, **other.nodes}, graph.edges))
    card = made.view.overlays.card
    count = len(made.session.analysis.problems)
    assert count >= 2
    first = card._text.text()
    qtbot.mouseClick(card.next, LEFT)
    assert card._text.text() != first
    assert made.selected() in (["a"], ["b"])
    assert f"2 of {count}" in card._title.text()
    for _ in range(count - 1):
        qtbot.mouseClick(card.next, LEFT)
    assert card._text.text() == first


def test_fitting_leaves_the_card_free(canvas: Canvas) -> None:
    canvas.scene.changes.do(set_param(canvas.graph.named("conv1"), "kernel_size", 0))
    canvas.view.fit()
    card = canvas.view.overlays.card
    lowest = canvas.at(canvas.scene.bounds().bottomLeft()).y()
    assert lowest <= card.y()


def test_the_minimap_comes_by_itself_and_goes_where_one_clicks(qtbot: QtBot, canvas: Canvas) -> None:
    minimap, view = canvas.view.overlays.minimap, canvas.view
    assert not minimap.isVisible()
    view.zoom_reset()
    view.zoom_in()
    assert minimap.isVisible()
    qtbot.mouseClick(minimap, LEFT, pos=QPoint(20, 58))
    left = view.seen().center().x()
    qtbot.mousePress(minimap, LEFT, pos=QPoint(20, 58))
    qtbot.mouseMove(minimap, QPoint(160, 58))
    qtbot.mouseRelease(minimap, LEFT, pos=QPoint(160, 58))
    assert view.seen().center().x() > left
    view.toggle_minimap()
    assert not minimap.isVisible()
    view.fit()
    view.toggle_minimap()
    assert minimap.isVisible()
    assert minimap.grab().toImage().pixelColor(0, 0) == QColor(theme.DARK.line)


def test_a_theme_reaches_every_item(canvas: Canvas) -> None:
    canvas.select("conv1", "relu1")
    canvas.scene.grouping.group_selection()
    canvas.scene.set_theme(theme.LIGHT)
    assert {item.theme for item in canvas.scene.groups.frames.values()} == {theme.LIGHT}
    assert {item.theme for item in canvas.scene.nodes.values()} == {theme.LIGHT}
    shot = canvas.view.grab().toImage()
    assert shot.pixelColor(2, 2).lightness() > 200


def test_wires_back_run_above_the_box_that_they_reach() -> None:
    path = wire_path(QPointF(1400, 40), QPointF(0, 190))
    inside = [path.pointAtPercent(share) for share in (0.3, 0.5, 0.7)]
    assert {round(point.y()) for point in inside} == {128}


def test_an_edit_makes_no_new_items_for_what_stays(qtbot: QtBot) -> None:
    rows = [(f"c{i}", "ReLU", {}) for i in range(300)]
    made = Canvas(qtbot, line(picture(), *rows))
    before, wires = dict(made.scene.nodes), dict(made.scene.edges)
    made.select("c100")
    made.scene.commands.nudge(0, 40)
    made.scene.changes.do(set_param(made.graph.nodes["image"], "shape", [3, 8, 8]))
    assert all(made.scene.nodes[id_] is item for id_, item in before.items())
    assert all(made.scene.edges[edge] is item for edge, item in wires.items())
    for a, b in pairwise(["c1", "c2", "c3"]):
        edge = next(e for e in made.graph.edges if (e.source.node, e.target.node) == (a, b))
        assert made.scene.edges[edge]._text == "3×8×8"


def test_the_view_outlives_its_scene(qtbot: QtBot) -> None:
    made = Canvas(qtbot, line(picture()))
    assert isinstance(made.view, QGraphicsView)
    made.view.setScene(None)
    made.view.scrollContentsBy(1, 1)
    assert made.view.scene() is None


def test_a_canvas_that_gets_narrower_moves_nothing_while_a_wire_is_pulled(canvas: Canvas) -> None:
    start = canvas.port("conv1", "out", "y")
    zoom = canvas.view.transform()
    canvas.qtbot.mousePress(canvas.viewport, LEFT, pos=start)
    canvas.view.resize(700, 640)
    QApplication.processEvents()
    assert canvas.view.transform() == zoom
    canvas.qtbot.mouseRelease(canvas.viewport, LEFT, pos=start)
    canvas.view.resize(690, 640)
    QApplication.processEvents()
    assert canvas.view.transform().m11() < zoom.m11(), "it goes on fitting afterwards"


def passes(path: QPainterPath, boxes: list[QRectF]) -> bool:
    points = [path.pointAtPercent(step / 200) for step in range(201)]
    return any(box.contains(point) for box in boxes for point in points)


@pytest.mark.parametrize("down", [-60.0, 0.0, 10.0, 160.0])
@pytest.mark.parametrize("row", [0, 1])
def test_wires_go_round_the_boxes_between_their_ends(down: float, row: int) -> None:
    start, end = QPointF(150, 38), QPointF(666, 38 + down)
    boxes = [QRectF(216, 0, 150, 128), QRectF(432, 0, 150, 60), QRectF(432, 164, 150, 128)]
    assert passes(wire_path(start, end), boxes)
    round_ = wire_path(start, end, between=boxes, row=row)
    assert not passes(round_, boxes)
    assert (round_.pointAtPercent(0), round_.pointAtPercent(1)) == (start, end)


def test_a_wire_with_nothing_in_its_way_goes_straight_on() -> None:
    start, end = QPointF(150, 38), QPointF(666, 38)
    assert wire_path(start, end, between=[QRectF(216, 60, 150, 60)]) == wire_path(start, end)


@pytest.mark.parametrize("seed", range(20))
def test_a_wire_arrives_whatever_stands_about(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        start = QPointF(chance.uniform(-200, 200), chance.uniform(-200, 200))
        end = start + QPointF(chance.uniform(-300, 900), chance.uniform(-300, 300))
        places = [(chance.uniform(-300, 900), chance.uniform(-400, 400)) for _ in range(chance.randint(1, 9))]
        path = wire_path(start, end, between=[QRectF(x, y, 150, 106) for x, y in places])
        assert (path.pointAtPercent(0), path.pointAtPercent(1)) == (start, end)


def test_of_wires_along_one_way_the_longest_says_what_travels(qtbot: QtBot) -> None:
    made = Canvas(qtbot, drawn("deconv4"))
    source = Port(made.id("contrast"), "y")
    along = [item for edge, item in made.scene.edges.items() if edge.source == source and item.goes_round]
    told = [item for item in along if item._label_shown]
    assert len(along) > 2
    (longest,) = told
    assert made.graph.nodes[longest.edge.target.node].name == "layer4_error"


def test_wires_that_skip_a_node_go_round_it(qtbot: QtBot) -> None:
    made = Canvas(qtbot, drawn("deconv2"))
    for edge, item in made.scene.edges.items():
        ends = {edge.source.node, edge.target.node}
        others = [box.scene_box() for id_, box in made.scene.nodes.items() if id_ not in ends]
        assert not passes(item._path, others), edge


def test_wires_give_way_to_a_node_that_is_put_between_their_ends(qtbot: QtBot) -> None:
    made = Canvas(qtbot, line(picture(), ("far", "ReLU", {})))
    (wire,) = made.scene.edges.values()
    made.scene.changes.do(moving(made, "far", 900.0))
    straight = QPainterPath(wire._path)
    edit, other = added(made.graph, made.session.analysis.shapes, "Tanh", "", (450.0, -20.0))
    made.scene.changes.do(edit)
    assert wire.goes_round
    made.scene.changes.do(SetField(other, "position", (450.0, -20.0), (450.0, 700.0), "tanh1"))
    assert wire._path == straight


def moving(made: Canvas, name: str, x: float) -> SetField:
    node = made.graph.named(name)
    return SetField(node.id, "position", node.position, (x, node.position[1]), name)


def test_a_problem_with_several_fixes_offers_them_all(canvas: Canvas) -> None:
    card = canvas.view.overlays.card
    canvas.scene.changes.do(set_param(canvas.graph.named("conv1"), "kernel_size", 99))
    (problem,) = canvas.session.analysis.problems
    others = card.others.menu()
    assert others is not None
    assert card.others.isVisible()
    assert [action.text() for action in others.actions()] == [fix.text for fix in problem.fixes[1:]] != []
    wanted = problem.fixes[-1].edit.apply(canvas.graph)
    others.actions()[-1].trigger()
    assert canvas.graph == wanted
    assert canvas.session.analysis.problems == []
    canvas.scene.changes.do(set_param(canvas.graph.named("conv1"), "no_such", 0))
    assert len(canvas.session.analysis.problems[0].fixes) == 1
    assert card.isVisible()
    assert not card.others.isVisible()

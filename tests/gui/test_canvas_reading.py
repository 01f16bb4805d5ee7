"""What can be read on the canvas at every size: shapes on wires, faint text, colours of boxes that are far away."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.graph_factories import default, drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph_edits import set_param
from workbench.gui.editor import painting
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.routing import wire_path
from workbench.gui.widgets import theme
from workbench.gui.widgets.layer_colours import group_colour
from workbench.gui.widgets.theme import Theme
from workbench.project.templates.spec import REGISTRY

TOUCH = 2.0  # pixels by which a label may reach into a box


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def far(canvas: Canvas, zoom: float = 0.2) -> QImage:
    canvas.view.resetTransform()
    canvas.view.scale(zoom, zoom)
    canvas.view.centerOn(canvas.view.network().center())
    return canvas.view.grab().toImage()


@pytest.mark.parametrize("zoom", [0.45, 0.52, 1.0, 2.0])
@pytest.mark.parametrize("template", [name for name, _ in REGISTRY.items()])
def test_every_wire_carries_its_shape_where_no_box_covers_it(qtbot: QtBot, template: str, zoom: float) -> None:
    canvas = Canvas(qtbot, default(template))
    scene = canvas.scene
    scene.set_thumbnails({id_: np.zeros((4, 8, 3), np.uint8) for id_ in scene.nodes})
    values = canvas.session.analysis.shapes.values
    seen = [(edge, item) for edge, item in scene.edges.items() if item.isVisible()]
    carried = [item for edge, item in seen if values[edge.source].shape]
    assert len(carried) >= len(seen) - 1  # only the class number has no shape
    boxes = [box.scene_box().adjusted(TOUCH, TOUCH, -TOUCH, -TOUCH) for box in scene.boxes()]
    for item in carried:
        found = item.label(zoom)
        if found is None and len(values[item.edge.source].shape) > 3:
            continue  # a volume's four numbers do not fit between boxes that are seen from afar
        assert found is not None
        label, place = found
        assert "".join(label.lines) == str(values[item.edge.source])
        assert label.font.pointSizeF() * zoom > 4
        assert not [box for box in boxes if box.intersects(place)]
        assert item.boundingRect().contains(place)


def test_a_shape_is_broken_then_made_smaller_then_left_out() -> None:
    whole = painting.label_of("16×10×10", 8.5, 400)
    assert whole is not None
    assert whole.lines == ("16×10×10",)
    broken = painting.label_of("16×10×10", 8.5, int(whole.width) - 1)
    assert broken is not None
    assert broken.lines == ("16×", "10×10")
    assert broken.font.pointSizeF() == 8.5
    small = painting.label_of("16×10×10", 8.5, int(broken.width) - 1)
    assert small is not None
    assert small.font.pointSizeF() < 8.5
    assert painting.label_of("16×10×10", 8.5, 8) is None
    assert painting.label_of("4096", 8.5, 400) is not None


def test_wires_to_lower_inputs_run_apart_from_those_to_the_first() -> None:
    start, end = QPointF(1400, 40), QPointF(0, 204)
    first = wire_path(start, end).pointAtPercent(0.5).y()
    second = wire_path(start, end + QPointF(0, 16), row=1).pointAtPercent(0.5).y()
    assert first - second == pytest.approx(18)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT])
def test_small_text_is_less_faint(colours: Theme) -> None:
    def contrast(text: str) -> float:
        return abs(QColor(text).lightness() - QColor(colours.node).lightness())

    assert painting.faint(colours, 1.0) == colours.faint
    assert contrast(painting.faint(colours, 0.5)) > contrast(colours.faint) + 20


def test_a_box_far_away_has_the_colour_of_its_layer_and_what_its_outline_says(canvas: Canvas) -> None:
    conv = canvas.item("conv1")
    body = conv.mapToScene(conv.box().center() + QPointF(0, 15))
    assert far(canvas).pixelColor(canvas.at(body)) == group_colour("Convolution")
    near = far(canvas, 0.5).pixelColor(canvas.at(body))
    assert near != group_colour("Convolution")
    assert QColor(theme.DARK.accent) not in edge_colours(canvas, conv)
    canvas.select("conv1")
    assert QColor(theme.DARK.accent) in edge_colours(canvas, conv)
    canvas.scene.changes.do(set_param(conv.node, "kernel_size", 0))
    assert QColor(theme.DARK.wrong) in edge_colours(canvas, conv)


def edge_colours(canvas: Canvas, item: NodeItem) -> list[QColor]:
    """The colours at the upper edge of a box that is far away."""
    shot = far(canvas)
    place = canvas.at(item.mapToScene(QPointF(75, 0)))
    return [shot.pixelColor(place.x(), place.y() + step) for step in range(-2, 3)]


def test_a_folded_group_far_away_is_a_pile(canvas: Canvas) -> None:
    canvas.select("conv1", "relu1", "pool1")
    canvas.scene.grouping.group_selection()
    (prefix,) = canvas.graph.groups
    canvas.scene.grouping.toggle_fold(prefix)
    canvas.session.select([])
    box = canvas.scene.groups.folded[prefix]
    shot = far(canvas)
    assert shot.pixelColor(canvas.at(box.mapToScene(box.box().center()))) == group_colour("Shape")
    behind = shot.pixelColor(canvas.at(box.mapToScene(box.box().bottomRight() + QPointF(6, -8))))
    assert behind not in (group_colour("Shape"), QColor(theme.DARK.canvas))


def test_ports_are_seen_far_away_while_a_wire_is_pulled(canvas: Canvas) -> None:
    relu = canvas.item("relu1")
    before = far(canvas)
    place = canvas.at(relu.mapToScene(next(at for (side, _), at in relu.ends.items() if side == "in")))
    relu.mark(dict.fromkeys(relu.ends, "fits"))
    assert isinstance(relu, NodeItem)
    assert far(canvas).pixelColor(place) != before.pixelColor(place)

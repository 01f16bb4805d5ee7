"""Names on boxes at every size: shortened in the middle, there down to 30 pixels, and whole in the tooltip."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, line, picture
from tests.gui.canvas_page import Canvas
from workbench.editing.box_sizes import WIDTH
from workbench.gui.editor import painting
from workbench.gui.editor.painting import NAMED_FROM, TEXT_FROM, short_name
from workbench.gui.window.main_window import MainWindow


def metrics(points: float = 9.0) -> QFontMetricsF:
    return QFontMetricsF(painting.font(points))


def width(text: str) -> float:
    return metrics().horizontalAdvance(text)


@pytest.mark.parametrize(
    ("name", "like", "short"),
    [("layer1.0.conv1", "layer1.0.conv1", "layer1.0.conv1"), ("layer1.0.conv1", "layer1…conv1", "layer1…conv1"),
     ("layer1.0.conv1", "layer…conv1", "l1.0…conv1"), ("layer1.0.conv1", "l1.…conv1", "l1…conv1"),
     ("encoder.block12.norm", "encoder.bloc…norm", "encoder.bloc…norm"),
     ("encoder.block12.norm", "e.b12…norm", "e.b12…norm"),
     ("features.denseblock1", "f…denseblock1", "f…denseblock1"),
     ("features.denseblock1", "…denseblock1", "…denseblock1"),
     ("layer2.0.downsample.0", "layer2.0.do…0", "layer2.0.do…0"), ("fc", "fc", "fc")],
)  # fmt: skip
def test_names_are_shortened_in_the_middle(qapp: QApplication, name: str, like: str, short: str) -> None:
    assert short_name(name, metrics(), width(like)) == short


def test_a_name_without_dots_and_one_that_hardly_fits_keep_begin_and_end(qapp: QApplication) -> None:
    for name in ("my_very_long_convolution", "layer1.0.conv1"):
        text = short_name(name, metrics(), width("abc…de"))
        assert "…" in text
        assert text[0] == name[0]
        assert text[-1] == name[-1]
        assert width(text) <= width("abc…de")


@pytest.mark.parametrize("room", [70.0, 90.0, 120.0])
def test_neighbours_of_resnet_are_told_apart(qapp: QApplication, room: float) -> None:
    names = [node.name for node in drawn("resnet18", (3, 64, 64))]
    texts = [short_name(name, metrics(), room) for name in names]
    assert all(one != other for one, other in pairwise(texts))
    assert all(width(text) <= room for text in texts)


def pixels(canvas: Canvas, name: str, zoom: float) -> list[QColor]:
    """The colours inside a box, seen that small."""
    view = canvas.view
    view.resetTransform()
    view.scale(zoom, zoom)
    view.centerOn(canvas.item(name).scene_box().center())
    shot: QImage = view.grab().toImage()
    area = view.mapFromScene(canvas.item(name).scene_box()).boundingRect().adjusted(3, 3, -3, -3)
    return [shot.pixelColor(x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())]


@pytest.mark.parametrize("zoom", [NAMED_FROM / WIDTH, 0.24, TEXT_FROM, 0.36])
@pytest.mark.parametrize("name", ["conv1", "relu2"])
def test_a_box_of_30_pixels_and_more_carries_its_name(qtbot: QtBot, zoom: float, name: str) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    assert any(colour.lightness() > 235 for colour in pixels(canvas, name, zoom))
    assert not any(colour.lightness() > 235 for colour in pixels(canvas, name, 0.15))


def test_a_folded_group_far_away_has_its_name(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    canvas.select("conv1", "relu1")
    canvas.scene.grouping.group_selection()
    (prefix,) = canvas.graph.groups
    canvas.scene.grouping.toggle_fold(prefix)
    canvas.session.select([])
    box = canvas.scene.groups.folded[prefix]
    canvas.view.resetTransform()
    canvas.view.scale(0.22, 0.22)
    canvas.view.centerOn(box.scene_box().center())
    shot = canvas.view.grab().toImage()
    area = canvas.view.mapFromScene(box.scene_box()).boundingRect()
    colours = [
        shot.pixelColor(x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())
    ]
    assert any(colour.lightness() > 235 for colour in colours)


def test_a_node_with_a_problem_says_it_as_far_as_before(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, line(picture(), ("fc1", "Linear", {})))
    item = canvas.item("fc1")
    assert item.shown.problem
    assert not item._is_far(0.3)
    assert canvas.item("image")._is_far(0.3)
    assert not canvas.item("image")._is_far(0.5)


@pytest.mark.parametrize("workspace", ["Build", "Data", "Train", "Look"])
@pytest.mark.parametrize("zoom", [0.08, 0.3, 1.0])
def test_the_whole_name_is_the_tooltip_in_every_workspace(window: MainWindow, workspace: str, zoom: float) -> None:
    window.workspaces.show(workspace)
    canvas = window.canvas
    canvas.zoom(zoom / canvas.transform().m11())
    item = next(item for item in window.scene.nodes.values() if item.node.name == "conv")
    canvas.centerOn(item.scene_box().center())
    viewport = canvas.viewport()
    assert viewport is not None
    place = canvas.mapFromScene(item.scene_box().center())
    QToolTip.hideText()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))
    assert "conv (Conv2d)" in QToolTip.text()
    QToolTip.hideText()


def test_a_click_elsewhere_takes_the_name_that_was_typed(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("lenet5"))
    qtbot.waitUntil(canvas.view.isActiveWindow)
    canvas.select("fc1")
    canvas.view.rename_selected()
    line = canvas.view.overlays.line
    qtbot.keyClicks(line, "head")
    canvas.view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not line.isVisible()
    assert "head" in canvas.graph.by_name
    canvas.view.rename_selected()
    canvas.view.setFocus(Qt.FocusReason.MouseFocusReason)  # nothing was typed
    canvas.view.rename_selected()
    qtbot.keyClicks(line, "other")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert "head" in canvas.graph.by_name
    assert canvas.steps == 1

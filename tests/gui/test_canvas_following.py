"""The view follows what is done: what is added is seen, a tidied network is fitted, and the middle is the middle."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.editing.adding import LooseEnd
from workbench.gui.window.main_window import MainWindow


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def seen(window: MainWindow, id_: str) -> bool:
    """Whether a node is seen with its ports."""
    return window.canvas.seen().contains(window.scene.box_of(id_).scene_box().adjusted(-10, 0, 10, 0))


@pytest.mark.parametrize("way", ["palette", "tab", "replace", "paste"])
def test_a_node_that_is_added_out_of_sight_is_brought_into_sight(qtbot: QtBot, window: MainWindow, way: str) -> None:
    canvas, session = window.canvas, window.session
    canvas.zoom_reset()
    loss = session.graph.named("loss")
    session.select([session.graph.named("fc").id])
    canvas.centerOn(QPointF(*session.graph.named("image").position) + QPointF(-500, 0))
    zoom = canvas.transform().m11()
    if way == "palette":
        qtbot.keyClicks(window.palette_list.search, "sigmoid")
        window.palette_list.search.setFocus()
        qtbot.keyClick(window.palette_list.search, Qt.Key.Key_Return)
    elif way == "tab":
        window.tools.adder.add_layer()
        assert window.tools.adder._popup is not None
        qtbot.keyClicks(window.tools.adder._popup.search, "sigmoid")
        qtbot.keyClick(window.tools.adder._popup.search, Qt.Key.Key_Return)
    elif way == "replace":
        window.scene.commands.replace_node(session.graph.named("fc").id, "Sigmoid")
    else:
        window.scene.commands.pointer = lambda: None
        window.scene.commands.duplicate_selection()
    (id_,) = session.selection
    assert id_ != loss.id
    assert seen(window, id_)
    assert canvas.transform().m11() == zoom


def test_what_is_put_on_a_loose_end_is_seen(window: MainWindow) -> None:
    window.canvas.zoom_reset()
    window.canvas.centerOn(-4000.0, 0.0)
    from workbench.core.graph import Port

    window.tools.adder.search_for_wire(
        QPointF(300, 500), LooseEnd(Port(window.session.graph.named("conv").id, "y"), "out")
    )
    popup = window.tools.adder._popup
    assert popup is not None
    popup.chosen.emit("ReLU")
    popup.close()
    assert seen(window, window.session.selection[0])


def test_the_card_of_problems_does_not_hide_what_is_revealed(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.scene.commands.cut_selection()
    canvas.view.zoom_reset()
    covered = canvas.view.covered_at_foot()
    assert covered > 0
    item = canvas.item("fc2")
    canvas.view.centerOn(item.scene_box().center() - QPointF(0, 0.5 * canvas.view.height() - 60))
    canvas.view.reveal(item.scene_box())
    foot = canvas.at(item.scene_box().bottomLeft()).y()
    assert foot <= canvas.view.height() - covered + 2


def scattered(canvas: Canvas) -> None:
    """Puts a node far away, and looks elsewhere."""
    canvas.select("fc1")
    canvas.scene.commands.nudge(3000, 1500)
    canvas.session.select([])
    canvas.view.zoom_reset()
    canvas.view.centerOn(canvas.item("fc1").scene_box().center())


@pytest.mark.parametrize("is_animated", [False, True])
def test_tidying_shows_everything_where_it_will_be(qtbot: QtBot, canvas: Canvas, is_animated: bool) -> None:
    scattered(canvas)
    canvas.scene.changes.is_animated = is_animated
    canvas.scene.commands.tidy()
    canvas.scene.changes.gliding.stop()
    assert canvas.view.seen().contains(canvas.scene.bounds())
    assert canvas.scene.bounds().width() * canvas.view.transform().m11() > 0.55 * canvas.viewport.width()


def test_home_while_boxes_glide_fits_where_they_go(qtbot: QtBot, canvas: Canvas) -> None:
    scattered(canvas)
    canvas.scene.changes.is_animated = True
    canvas.scene.commands.tidy()
    assert canvas.scene.changes.gliding.is_under_way
    canvas.view.zoom_reset()
    canvas.view.fit()
    fitted = canvas.view.transform()
    canvas.scene.changes.gliding.stop()
    canvas.view.fit()
    assert canvas.view.transform() == fitted


def test_tidying_a_selection_moves_no_further_than_it_must(canvas: Canvas) -> None:
    canvas.view.zoom_reset()
    canvas.select("fc1", "relu3")
    canvas.scene.commands.nudge(500, 300)
    canvas.scene.commands.tidy()
    assert canvas.view.transform().m11() == 1.0
    area = QRectF()
    for name in ("fc1", "relu3"):
        area = area.united(canvas.item(name).scene_box())
    assert canvas.view.seen().contains(area)


@pytest.mark.parametrize("size", [(1400, 260), (500, 700), (1000, 120)])
def test_what_is_fitted_stands_in_the_middle(canvas: Canvas, size: tuple[int, int]) -> None:
    scattered(canvas)
    canvas.undo()
    canvas.view.resize(*size)
    canvas.view.fit()
    middle, network = canvas.view.seen().center(), canvas.view.network().center()
    zoom = canvas.view.transform().m11()
    assert abs(middle.x() - network.x()) * zoom < 3
    assert abs(middle.y() - network.y()) * zoom < 3


@pytest.mark.parametrize("template", ["resnet18", "lenet5"])
def test_another_project_is_fitted(window: MainWindow, template: str) -> None:
    from workbench.project.document import Project

    window.canvas.zoom(3)
    window.canvas.centerOn(-3000.0, 0.0)
    window.files.show_new(Project.new(drawn(template, (3, 64, 64)), {}, {}))
    assert window.canvas.seen().contains(window.canvas.network())


def test_what_every_network_needs_is_first_in_the_list(window: MainWindow) -> None:
    assert window.palette_list.names()[:2] == ["Input", "Target"]
    current = window.palette_list.tree.currentItem()
    assert current is not None
    assert current.text(0) == "Input"

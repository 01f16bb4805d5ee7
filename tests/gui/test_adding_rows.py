"""Layers that are added one after the other stand in a row from left to right, whatever the mouse points at."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QCursor
from pytestqt.qtbot import QtBot

from workbench.core.graph import Graph, Node
from workbench.editing.room import spot_onward
from workbench.gui.window.main_window import MainWindow
from workbench.project.document import Project

CHAIN = ("input", "conv2", "relu", "maxpool2", "conv2", "batchnorm2", "relu", "flatten", "linear", "crossentropy")
SHORT = ("input", "flatten", "linear", "tanh", "linear", "sigmoid", "linear")


def points_at(window: MainWindow, share: tuple[float, float]) -> None:
    """Puts the mouse over the canvas, at these shares of its width and height."""
    viewport = window.canvas.viewport()
    assert viewport is not None
    place = QPoint(round(viewport.width() * share[0]), round(viewport.height() * share[1]))
    QCursor.setPos(viewport.mapToGlobal(place))
    assert window.canvas.pointer() is not None


def tab(qtbot: QtBot, window: MainWindow, typed: str) -> Node:
    """Adds a layer as it is done by keys."""
    qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
    popup = window.tools.adder._popup
    assert popup is not None
    qtbot.keyClicks(popup.search, typed)
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    (id_,) = window.session.selection
    return window.session.graph.nodes[id_]


def emptied(window: MainWindow) -> None:
    window.files.show_new(Project.new(Graph(), {}, {}))


@pytest.mark.parametrize("chain", [CHAIN, SHORT])
@pytest.mark.parametrize("share", [(0.93, 0.5), (0.04, 0.3), (0.6, 0.9), (0.75, 0.1)])
def test_tab_draws_a_row_wherever_the_mouse_rests(
    qtbot: QtBot, window: MainWindow, share: tuple[float, float], chain: tuple[str, ...]
) -> None:
    emptied(window)
    points_at(window, share)
    made = [tab(qtbot, window, typed) for typed in chain]
    lefts, tops = ([node.position[axis] for node in made] for axis in (0, 1))
    assert lefts == sorted(set(lefts))
    assert set(tops) == {tops[0]}
    assert len(window.session.graph.edges) >= len(chain) - 2


@pytest.mark.parametrize("jog", [(2, 3), (-4, 1)])
def test_a_jog_of_the_mouse_points_at_nothing(qtbot: QtBot, window: MainWindow, jog: tuple[int, int]) -> None:
    emptied(window)
    points_at(window, (0.9, 0.5))
    first = tab(qtbot, window, "input")
    QCursor.setPos(QCursor.pos() + QPoint(*jog))
    second = tab(qtbot, window, "conv2")
    assert second.position[0] > first.position[0]
    assert second.position[1] == first.position[1]


@pytest.mark.parametrize("step", [(60, 300), (-150, 200)])
def test_a_free_place_that_the_mouse_is_moved_to_is_taken(
    qtbot: QtBot, window: MainWindow, step: tuple[int, int]
) -> None:
    emptied(window)
    points_at(window, (0.5, 0.2))
    tab(qtbot, window, "input")
    QCursor.setPos(QCursor.pos() + QPoint(*step))
    wanted = window.canvas.pointer()
    assert wanted is not None
    node = tab(qtbot, window, "conv2")
    assert abs(node.position[0] - wanted.x()) + abs(node.position[1] - wanted.y()) <= 2


def test_the_mouse_upon_a_node_points_at_no_place(qtbot: QtBot, window: MainWindow) -> None:
    emptied(window)
    points_at(window, (0.5, 0.5))
    first = tab(qtbot, window, "input")
    box = window.scene.box_of(first.id).scene_box()
    QCursor.setPos(window.canvas.viewport().mapToGlobal(window.canvas.mapFromScene(box.center())))
    second = tab(qtbot, window, "conv2")
    assert second.position[0] > box.right()
    assert second.position[1] == first.position[1]


@pytest.mark.parametrize("node", ["conv", "fc", "label"])
def test_where_it_is_not_free_beside_a_node_the_next_row_is_below(window: MainWindow, node: str) -> None:
    for number in range(4):
        at = window.session.graph.named(node)
        window.session.select([at.id])
        window.tools.adder.add(
            "Input" if number % 2 else "Target"
        )  # these come behind nothing, so that no room is made
        (id_,) = window.session.selection
        new = window.session.graph.nodes[id_]
        assert new.position[0] >= at.position[0]
        assert new.position[1] >= at.position[1]
    boxes = [item.scene_box() for item in window.scene.nodes.values()]
    assert not [1 for i, one in enumerate(boxes) for other in boxes[:i] if one.intersects(other)]


@pytest.mark.parametrize(
    ("taken", "wanted", "spot"),
    [
        ([], (3.0, 4.0), (3.0, 4.0)),
        ([(0.0, 0.0, 150.0, 106.0)], (10.0, 10.0), (10.0, 126.0)),
        ([(0.0, 0.0, 150.0, 106.0), (100.0, 130.0, 150.0, 200.0)], (10.0, -50.0), (10.0, 350.0)),
        ([(0.0, 300.0, 150.0, 106.0), (0.0, 0.0, 150.0, 106.0)], (-20.0, 90.0), (-20.0, 126.0)),
    ],
)
def test_the_next_row_is_straight_below(
    taken: list[tuple[float, float, float, float]], wanted: tuple[float, float], spot: tuple[float, float]
) -> None:
    assert spot_onward(taken, wanted) == spot

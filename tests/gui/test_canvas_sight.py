"""Undo and redo do not leave the view where the network is not, and tidying all of it shows all of it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn, flat
from tests.gui.canvas_page import Canvas
from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph_edits import moved


@pytest.fixture(params=["lenet5", "resnet18"])
def canvas(qtbot: QtBot, request: pytest.FixtureRequest) -> Canvas:
    """A canvas whose nodes stand far from each other."""
    made = Canvas(qtbot, flat(drawn(request.param, (3, 64, 64))))
    places = {
        node.id: (node.position[0] * 3, node.position[1] * 5 + 200 * (i % 3)) for i, node in enumerate(made.graph)
    }
    made.scene.changes.do(CompositeGraphEdit(tuple(moved(made.graph, places)), "Spread"))
    made.scene.changes.is_animated = False
    made.view.fit()
    return made


def is_whole(canvas: Canvas) -> bool:
    return canvas.view.seen().contains(canvas.scene.bounds())


def test_tidying_with_everything_selected_shows_everything(canvas: Canvas) -> None:
    canvas.view.zoom_reset()
    canvas.session.select([node.id for node in canvas.graph])
    canvas.scene.commands.tidy()
    assert is_whole(canvas)
    assert canvas.view.place().is_whole
    assert canvas.session.undo_stack.undoText() == "Tidy network"


def test_what_was_fitted_is_seen_whole_after_undo_and_redo(canvas: Canvas) -> None:
    canvas.scene.commands.tidy()
    for _ in range(2):
        canvas.undo()
        assert is_whole(canvas)
        canvas.session.undo_stack.redo()
        assert is_whole(canvas)


def test_what_redo_takes_out_of_sight_is_fitted_also_where_one_looked_about(canvas: Canvas) -> None:
    canvas.scene.commands.tidy()
    canvas.view.zoom_out()
    far = {node.id: (node.position[0] * 9, node.position[1] * 9) for node in canvas.graph}
    canvas.scene.changes.do(CompositeGraphEdit(tuple(moved(canvas.graph, far)), "Far apart"))
    assert not canvas.view.place().is_whole  # nothing jumps under the hand
    canvas.undo()
    assert not canvas.view.place().is_whole  # what was out of sight came back
    canvas.session.undo_stack.redo()
    assert canvas.view.place().is_whole


@pytest.mark.parametrize("step", [(40, 0), (0, -80)])
def test_undo_of_one_step_of_a_node_leaves_the_view(canvas: Canvas, step: tuple[int, int]) -> None:
    node = next(iter(canvas.graph))
    canvas.view.zoom_reset()
    canvas.view.centerOn(*node.position)
    canvas.view.on_view_changed()
    before = canvas.view.seen()
    canvas.session.select([node.id])
    canvas.scene.commands.nudge(*step)
    canvas.undo()
    assert canvas.view.seen() == before


def test_what_is_seen_whole_stays_so_when_it_needs_less_room_again(canvas: Canvas) -> None:
    canvas.scene.commands.tidy()
    canvas.view.fit()
    zoom = canvas.view.transform().m11()
    far = {node.id: (node.position[0] * 9, node.position[1] * 9) for node in canvas.graph}
    canvas.scene.changes.do(CompositeGraphEdit(tuple(moved(canvas.graph, far)), "Far apart"))
    canvas.view.fit()
    assert canvas.view.transform().m11() < zoom / 2
    canvas.undo()
    assert canvas.view.transform().m11() == pytest.approx(zoom)


def test_the_size_as_it_is_never_shows_an_empty_canvas(canvas: Canvas) -> None:
    canvas.view.zoom_reset()
    canvas.view.centerOn(canvas.view.network().topLeft() - canvas.view.network().bottomRight() * 3)
    canvas.view.zoom_out()
    canvas.view.zoom_reset()
    assert canvas.view.shows_something()

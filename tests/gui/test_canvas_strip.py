"""Where the canvas is a strip it shows the whole network, and what was seen before comes back."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.gui.test_workspaces import shows
from workbench.gui.window.main_window import MainWindow
from workbench.project.document import Project


def look_around(window: MainWindow, *, zoom: float, middle: tuple[float, float]) -> None:
    """What a user does with wheel and mouse."""
    window.canvas.zoom(zoom)
    network = window.canvas.network()
    window.canvas.centerOn(network.topLeft() + QPointF(network.width() * middle[0], network.height() * middle[1]))
    window.canvas.on_view_changed()


@pytest.mark.parametrize("strip", ["Data", "Train", "Look", "Compare"])
@pytest.mark.parametrize(("zoom", "middle"), [(2.5, (0.1, 0.9)), (0.4, (1.4, 0.5)), (1.3, (0.8, 0.2))])
def test_a_strip_shows_the_whole_network_and_build_what_it_showed(
    qtbot: QtBot, window: MainWindow, strip: str, zoom: float, middle: tuple[float, float]
) -> None:
    shows(qtbot, window, "Build")
    look_around(window, zoom=zoom, middle=middle)
    place = window.canvas.place()
    for _ in range(3):
        shows(qtbot, window, strip)
        assert window.canvas.seen().contains(window.canvas.network())
        look_around(window, zoom=1.7, middle=(0.5, 0.5))  # what is done in the strip stays there
        shows(qtbot, window, "Data" if strip != "Data" else "Train")
        assert window.canvas.seen().contains(window.canvas.network())
        shows(qtbot, window, "Build")
        now = window.canvas.seen().center()
        assert window.canvas.transform().m11() == pytest.approx(place.zoom)
        assert abs(now.x() - place.middle.x()) * place.zoom < 3
        assert abs(now.y() - place.middle.y()) * place.zoom < 3


def test_a_fitted_network_stays_fitted_and_another_project_begins_so(qtbot: QtBot, window: MainWindow) -> None:
    shows(qtbot, window, "Build")
    window.canvas.fit()
    shows(qtbot, window, "Train")
    shows(qtbot, window, "Build")
    assert window.canvas.place().is_whole
    look_around(window, zoom=3, middle=(0, 0))
    shows(qtbot, window, "Look")
    window.files.show_new(Project.new(window.session.graph, {}, {}))
    shows(qtbot, window, "Build")
    assert window.canvas.seen().contains(window.canvas.network())


def test_a_group_that_was_gone_into_in_the_strip_is_seen_in_build(window: MainWindow) -> None:
    window.session.select([window.session.graph.named("conv").id, window.session.graph.named("bn").id])
    window.scene.grouping.group_selection()
    window.canvas.zoom(3.0)
    window.canvas.centerOn(5000, 5000)
    window.workspaces.show("Look")
    window.scene.grouping.enter_group("group1")
    window.workspaces.show("Build")
    assert window.canvas.seen().contains(window.scene.bounds())


def leaves(qtbot: QtBot, window: MainWindow, strip: str) -> None:
    """Changes to another workspace; to none means that the window gets another size."""
    if strip:
        shows(qtbot, window, strip)
    else:
        window.resize(1100, 700)


@pytest.mark.parametrize("strip", ["Train", "Look", "Compare", ""])
def test_what_is_written_is_taken_and_its_field_closed_when_the_canvas_is_left(
    qtbot: QtBot, window: MainWindow, strip: str
) -> None:
    shows(qtbot, window, "Build")
    window.canvas.framing.add_note(QPointF(100, -260))
    note = window.canvas.framing.note
    qtbot.keyClicks(note, "Try 0.01")
    leaves(qtbot, window, strip)
    qtbot.waitUntil(lambda: not note.isVisible())
    assert [frame.text for frame in window.session.graph.frames.values()] == ["Try 0.01"]


@pytest.mark.parametrize(("name", "strip"), [("first", "Train"), ("stem", "Look"), ("a2", "")])
def test_a_name_that_is_typed_is_given_when_the_canvas_is_left(
    qtbot: QtBot, window: MainWindow, name: str, strip: str
) -> None:
    shows(qtbot, window, "Build")
    id_ = window.session.graph.named("conv").id
    window.session.select([id_])
    window.canvas.rename_selected()
    line = window.canvas.overlays.line
    assert line.isVisible()
    qtbot.keyClicks(line, name)
    leaves(qtbot, window, strip)
    qtbot.waitUntil(lambda: not line.isVisible())
    assert window.session.graph.nodes[id_].name == name


def test_a_note_with_nothing_in_it_goes_when_the_canvas_is_left(qtbot: QtBot, window: MainWindow) -> None:
    shows(qtbot, window, "Build")
    window.canvas.framing.add_note(QPointF(100, -260))
    shows(qtbot, window, "Data")
    assert not window.canvas.framing.note.isVisible()
    assert window.session.graph.frames == {}

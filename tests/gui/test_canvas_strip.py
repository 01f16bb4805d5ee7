"""Where the canvas is a strip it shows the whole network, and what was seen before comes back."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.gui.test_workspaces import shows
from workbench.gui.main_window import MainWindow
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

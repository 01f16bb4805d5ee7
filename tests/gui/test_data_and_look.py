"""Data and Look speak of the same run and the same sample."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.core.graph import Graph
from workbench.gui.data.browser import SampleBrowser
from workbench.gui.data.panel import DataPanel
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.browsing import MIXED
from workbench.inspection.sample_search import WRONG
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.probes import SampleProbe
from workbench.project.runs import new_job
from workbench.training.engine import train


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> DataPanel:
    """The Data panel of a project with two runs."""
    path = window.session.path
    assert path is not None
    for _ in range(2):
        list(train(new_job(storage.load(path), path)))
    assert window.panels is not None
    assert window.panels.runs is not None
    window.panels.runs.refresh()
    window.workspaces.show("Data")
    panel = window.panels.data
    qtbot.waitUntil(lambda: panel.dataset is not None and not panel.reader.is_busy, timeout=20_000)
    return panel


def answered(qtbot: QtBot, browser: SampleBrowser) -> str:
    """The run whose mistakes are shown."""
    qtbot.waitUntil(lambda: browser._judged is not None, timeout=20_000)
    assert browser._judged is not None
    return browser._judged.origin


def test_wrong_pictures_are_those_of_the_run_that_look_shows(
    qtbot: QtBot, window: MainWindow, panel: DataPanel
) -> None:
    browser, look = panel.browser, panels_of(window).look
    assert look is not None
    for run in ("run-001", "run-002", "run-001"):
        look.show_run(run)
        if browser.answers.currentText() != WRONG:
            browser.answers.setCurrentText(WRONG)
        assert browser._judged is None or browser._judged.origin == run
        assert answered(qtbot, browser) == run


def test_what_is_said_of_a_sample_goes_with_it(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    browser = panel.browser
    browser._on_sample(2)
    split = browser.split.currentData()
    assert browser.looked.told.text().startswith(f"Look shows {split} 2 now")
    assert window.session.probe == SampleProbe(split, 2)
    window.session.look_at(SampleProbe(split, 3))
    assert browser.looked.told.text() == ""
    assert not browser.looked.look.isVisible()
    assert browser.grid.chosen == -1


def test_another_project_begins_with_all_samples_and_an_empty_look(
    qtbot: QtBot, window: MainWindow, panel: DataPanel
) -> None:
    look = panels_of(window).look
    assert look is not None
    panel.browser.answers.setCurrentText(WRONG)
    window.workspaces.show("Look")
    qtbot.waitUntil(lambda: not look.is_busy and "weights" in look.header.note, timeout=20_000)
    window.session.replace(Project("other", Graph(), {}, {}), None)
    assert panel.browser.order.currentText() == MIXED
    assert look.header.note == ""
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
    assert look.header.note == ""
    assert look.grid._empty == "Add a layer to the network to see its filters and maps."
    assert look.probe.input._empty == ""
    assert look.unit.numbers == ""


@pytest.mark.parametrize(("number", "by_key"), [(0, False), (4, False), (3, True)])
def test_a_sample_that_is_opened_is_shown_in_look(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, number: int, by_key: bool
) -> None:
    grid = panel.browser.grid
    place = grid.tile_rect(number).center()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place.toPoint())
    chosen = grid.chosen
    assert window.workspaces.current == "Data"
    if by_key:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    else:
        qtbot.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert window.workspaces.current == "Look"
    assert window.session.probe == SampleProbe(panel.browser.split.currentData(), chosen)


def test_where_no_sample_is_nothing_is_opened(qtbot: QtBot, window: MainWindow, panel: DataPanel) -> None:
    grid = panel.browser.grid
    corner = grid.rect().bottomRight()
    assert grid.place_at(QPointF(corner)) < 0
    qtbot.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=corner)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert window.workspaces.current == "Data"

"""A right-click on a run or a sample offers what its buttons do."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.runs_page import row_count
from tests.gui.test_drawn_run import trained
from workbench.gui.document.session import Session
from workbench.gui.window.main_window import MainWindow
from workbench.project.probes import SampleProbe


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """The menus that are opened, without showing them."""
    found: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda self, *place: found.append(self))
    return found


def enabled(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isEnabled()]


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_a_run_offers_its_buttons(
    qtbot: QtBot, session: Session, request: pytest.FixtureRequest, opened: list[QMenu]
) -> None:
    assert session.path is not None
    trained(session.path, 1, 1)
    window: MainWindow = request.getfixturevalue("window")
    panel = panels_of(window).train
    assert panel is not None
    window.menus.do("show_train")
    panel.tabs.setCurrentWidget(panel.runs)
    table = panel.runs.table
    qtbot.waitUntil(lambda: row_count(panel.runs) == 2)
    panel.runs.select(["run-001"])
    table.customContextMenuRequested.emit(QPoint(5, 5))
    assert enabled(opened[0]) == ["Look", "Bring back", "Rename…", "Delete…"]
    with qtbot.waitSignal(panel.look_requested) as wanted:
        choose(opened[0], "Look")
    assert wanted.args == ["run-001"]
    panel.runs.select(["run-001", "run-002"])
    table.customContextMenuRequested.emit(QPoint(5, 5))
    assert enabled(opened[1]) == ["Delete…"]


@pytest.mark.parametrize("place", [1, 4])
def test_a_sample_offers_look(qtbot: QtBot, window: MainWindow, opened: list[QMenu], place: int) -> None:
    data = panels_of(window).data
    assert data is not None
    window.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    grid = data.browser.grid
    point = grid.tile_rect(place).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, grid.mapToGlobal(point))
    QApplication.sendEvent(grid, event)
    assert window.session.probe == SampleProbe("train", grid._samples[place][0].number)
    assert enabled(opened[0]) == ["Look at this sample"]
    choose(opened[0], "Look at this sample")
    assert window.workspaces.current == "Look"


def test_a_right_click_beside_the_samples_opens_nothing(qtbot: QtBot, window: MainWindow, opened: list[QMenu]) -> None:
    data = panels_of(window).data
    assert data is not None
    window.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    grid = data.browser.grid
    corner = QPoint(1, 1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, corner, grid.mapToGlobal(corner))
    QApplication.sendEvent(grid, event)
    assert opened == []
    qtbot.mouseClick(grid, Qt.MouseButton.RightButton, pos=grid.tile_rect(2).center().toPoint())
    assert window.session.probe == SampleProbe()

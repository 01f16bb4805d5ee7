"""Workspaces come back as they were left, and changing them keeps no memory."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from workbench.gui.main_window import MainWindow
from workbench.gui.workspaces import BOTTOM, LEFT, RIGHT, WORKSPACES


def places(window: MainWindow) -> dict[str, QRect]:
    return {name: dock.geometry() for name, dock in window.docks.items() if dock.isVisible()}


def shows(qtbot: QtBot, window: MainWindow, name: str) -> dict[str, QRect]:
    """Where docks are in a workspace once they stand still."""
    window.workspaces.show(name)
    seen: list[dict[str, QRect]] = [{}]

    def is_still() -> bool:
        seen.append(places(window))
        return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]

    qtbot.waitUntil(is_still)
    return seen[-1]


def is_like(one: dict[str, QRect], other: dict[str, QRect]) -> bool:
    """Whether the same docks are at the same places, to a few pixels."""
    near = all(
        abs(mine - theirs) <= 3
        for name in one.keys() & other.keys()
        for mine, theirs in zip(one[name].getRect(), other[name].getRect(), strict=True)
        if mine is not None and theirs is not None
    )
    return one.keys() == other.keys() and near


@pytest.fixture
def restored(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workspaces for which Qt's costly way was taken."""
    calls: list[str] = []
    real = QMainWindow.restoreState

    def restore(*arguments: Any) -> bool:
        calls.append(window.workspaces.current)
        return real(window, *arguments)

    monkeypatch.setattr(window, "restoreState", restore)
    return calls


def test_every_workspace_comes_back_as_it_was(qtbot: QtBot, window: MainWindow, restored: list[str]) -> None:
    names = [each.name for each in WORKSPACES]
    first = {name: shows(qtbot, window, name) for name in names}
    for name in ("Look", "Build", "Train", "Build", "Compare", "Data", "Look"):
        assert is_like(shows(qtbot, window, name), first[name]), name
    assert restored == []


@pytest.mark.parametrize(
    ("workspace", "dock", "way"),
    [("Build", "Layers", Qt.Orientation.Horizontal), ("Build", "Look", Qt.Orientation.Vertical),
     ("Train", "Train", Qt.Orientation.Vertical), ("Look", "Look", Qt.Orientation.Vertical)],
)  # fmt: skip
def test_other_sizes_stay(
    qtbot: QtBot, window: MainWindow, restored: list[str], workspace: str, dock: str, way: Qt.Orientation
) -> None:
    before = shows(qtbot, window, workspace)
    window.resizeDocks([window.docks[dock]], [330], way)
    window.workspaces.remember()
    left = shows(qtbot, window, workspace)
    assert left[dock] != before[dock]
    for other in ("Data", "Build" if workspace != "Build" else "Look"):
        shows(qtbot, window, other)
    assert is_like(shows(qtbot, window, workspace), left)
    assert restored == []


@pytest.mark.parametrize("change", ["other side", "tabs", "one more", "one less", "side by side"])
def test_an_arrangement_of_ones_own_comes_back(
    qtbot: QtBot, window: MainWindow, restored: list[str], change: str
) -> None:
    shows(qtbot, window, "Build")
    docks = window.docks
    if change == "other side":
        window.addDockWidget(LEFT, docks["Inspector"])
    elif change == "tabs":
        window.tabifyDockWidget(docks["Inspector"], docks["Look"])
    elif change == "one more":
        window.addDockWidget(BOTTOM, docks["Train"])
        docks["Train"].show()
    elif change == "one less":
        docks["Layers"].hide()
    else:
        window.splitDockWidget(docks["Inspector"], docks["Look"], Qt.Orientation.Horizontal)
    left = shows(qtbot, window, "Build")
    area = window.dockWidgetArea(docks["Inspector"])
    for other in ("Look", "Train"):
        shows(qtbot, window, other)
    assert is_like(shows(qtbot, window, "Build"), left)
    assert window.dockWidgetArea(docks["Inspector"]) == area
    assert restored == ["Build"]


def test_reset_forgets_sizes(qtbot: QtBot, window: MainWindow) -> None:
    meant = shows(qtbot, window, "Train")
    window.resizeDocks([window.docks["Train"]], [200], Qt.Orientation.Vertical)
    shows(qtbot, window, "Build")
    window.workspaces.reset()
    assert window.dockWidgetArea(window.docks["Inspector"]) == RIGHT
    assert is_like(shows(qtbot, window, "Train"), meant)

"""Workspaces come back as they were left, and changing them keeps no memory."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtWidgets import QBoxLayout, QMainWindow
from pytestqt.qtbot import QtBot

from tests.gui.conftest import end_unasked
from tests.gui.panels import panels_of
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.on_screen import within
from workbench.gui.widgets.scrolling import Yielding
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.workspaces import BOTTOM, LEFT, RIGHT, WORKSPACES


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


SIZES = [(1024, 700), (1280, 800), (2560, 1440)]
STRIPS = [each.name for each in WORKSPACES if not each.is_for_canvas]
MEANT = {each.name: {place.dock for place in each.places} for each in WORKSPACES}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_changes_in_any_order_keep_panels_and_width(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], seed: int
) -> None:
    window.resize(*size)
    order = random.Random(seed).choices(list(MEANT), k=10)
    for name in order:
        assert shows(qtbot, window, name).keys() == MEANT[name], order
        assert (window.width(), window.height()) == size, order


def share_of_canvas(window: MainWindow) -> float:
    return window.canvas.height() / window.height()


@pytest.mark.parametrize("size", [(2560, 1440), (1920, 1080), (1440, 1600)])
@pytest.mark.parametrize("workspace", STRIPS)
def test_the_strip_takes_at_most_a_third_however_the_window_grows(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], workspace: str
) -> None:
    window.resize(1280, 800)
    shows(qtbot, window, workspace)
    window.resize(*size)  # while it is shown
    qtbot.waitUntil(lambda: share_of_canvas(window) < 0.35)
    shows(qtbot, window, "Build")
    window.resize(1280, 800)
    shows(qtbot, window, workspace)
    assert share_of_canvas(window) < 0.35
    shows(qtbot, window, "Build")
    window.resize(*size)  # while another one is shown
    shows(qtbot, window, workspace)
    assert share_of_canvas(window) < 0.35


@pytest.mark.parametrize("height", [330, 400])
def test_a_share_of_ones_own_is_kept_through_many_sizes(qtbot: QtBot, window: MainWindow, height: int) -> None:
    window.resize(1280, 800)
    shows(qtbot, window, "Train")
    window.resizeDocks([window.docks["Train"]], [height], Qt.Orientation.Vertical)
    before = shows(qtbot, window, "Train")["Train"].height()
    for step in [*range(803, 1100, 7), *range(1099, 800, -9), 800]:
        window.resize(1280, step)
    assert abs(shows(qtbot, window, "Train")["Train"].height() - before) <= 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("workspace", list(MEANT))
def test_no_panel_makes_the_window_larger(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], workspace: str
) -> None:
    window.resize(*size)
    shows(qtbot, window, workspace)
    for dock in window.docks.values():
        dock.toggleViewAction().setChecked(True)
        dock.show()
        shows(qtbot, window, workspace)
        assert (window.width(), window.height()) == size, dock.windowTitle()


def test_the_next_start_shows_each_workspace_as_it_was_left(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    for name in ("Build", "Look", "Train", "Data", "Build"):
        shows(qtbot, window, name)
    window.docks["Layers"].hide()
    window.workspaces.remember()
    window.settings.flush()
    again = MainWindow(Session(window.session.project), theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "s")
    qtbot.addWidget(again, before_close_func=end_unasked)
    again.show()
    again.resize(1280, 800)
    assert shows(qtbot, again, "Build").keys() == MEANT["Build"] - {"Layers"}
    for name in ("Look", "Train", "Data", "Look"):
        assert shows(qtbot, again, name).keys() == MEANT[name]
        assert again.width() == 1280


@pytest.mark.parametrize("heights", [(800, 1440), (700, 1000), (1440, 800)])
@pytest.mark.parametrize("is_shown_first", [True, False])
def test_the_next_start_with_another_height_keeps_the_share(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, heights: tuple[int, int], is_shown_first: bool
) -> None:
    window.resize(1280, heights[0])
    for name in ("Train", "Look"):
        shows(qtbot, window, name)
    shows(qtbot, window, "Look" if is_shown_first else "Build")
    window.workspaces.remember()
    window.settings.flush()
    again = MainWindow(Session(window.session.project), theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "s")
    qtbot.addWidget(again, before_close_func=end_unasked)
    again.show()
    again.resize(1280, heights[1])
    for name in ("Look", "Train"):
        shows(qtbot, again, name)
        qtbot.waitUntil(lambda: 0.1 < share_of_canvas(again) < 0.35)


@pytest.mark.parametrize("kept", ["", "0", "-3", "9" * 5000, "x"])
def test_a_remembered_height_that_is_nonsense_does_no_harm(qtbot: QtBot, window: MainWindow, kept: str) -> None:
    shows(qtbot, window, "Train")
    shows(qtbot, window, "Build")
    window.settings.keep("docks/Train height", kept)
    window.workspaces._sizes.clear()
    assert shows(qtbot, window, "Train").keys() == MEANT["Train"]
    assert share_of_canvas(window) < 0.35


@pytest.mark.parametrize("kept", [b"", b"nonsense", "of an earlier arrangement"])
def test_a_remembered_arrangement_that_is_broken_is_dropped(
    qtbot: QtBot, window: MainWindow, kept: bytes | str
) -> None:
    shows(qtbot, window, "Build")
    for dock in window.docks.values():
        dock.show()
    broken = window.saveState(1) if isinstance(kept, str) else kept
    window.settings.keep("docks/Train", broken)
    assert shows(qtbot, window, "Train").keys() == MEANT["Train"]


@pytest.mark.parametrize(
    ("area", "found"),
    [
        (QRect(0, 0, 1280, 800), QRect(0, 24, 1024, 676)),
        (QRect(900, 500, 600, 400), QRect(424, 300, 600, 400)),
        (QRect(-50, -10, 300, 200), QRect(0, 24, 300, 200)),
        (QRect(100, 100, 300, 200), QRect(100, 100, 300, 200)),
    ],
)
def test_a_window_is_within_its_screen(area: QRect, found: QRect) -> None:
    assert within(area, QRect(0, 24, 1024, 676)) == found


@pytest.mark.parametrize("size", SIZES)
def test_no_panel_scrolls_twice(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    """What a panel can do with is less than its place has, so the place itself shows no bar."""
    window.resize(*size)
    for name in MEANT:
        shows(qtbot, window, name)
        for title in MEANT[name]:
            place = window.docks[title].widget()
            assert isinstance(place, Yielding)
            panel, viewport = place.widget(), place.viewport()
            assert panel is not None
            assert viewport is not None
            qtbot.waitUntil(lambda panel=panel, viewport=viewport: panel.size() == viewport.size())
            assert viewport.size() == place.size(), (name, title)


def test_bars_do_not_turn_back_by_as_little_as_a_scroll_bar_takes(window: MainWindow) -> None:
    """Bars that turn with the scroll bar that they cause would turn for ever, until the stack is full."""
    look = panels_of(window).look
    assert look is not None
    probe = look.probe

    def is_below(width: int) -> bool:
        probe.resize(width, 200)
        return probe.display._middle.direction() == QBoxLayout.Direction.TopToBottom

    narrow = next(width for width in range(500, 100, -1) if is_below(width))
    assert is_below(narrow + 14)
    assert not is_below(narrow + 60)


def test_a_window_that_opens_over_the_whole_screen_keeps_the_share_of_its_panels(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.resize(1200, 1061)
    before = shows(qtbot, window, "Train")["Train"].height()
    window.workspaces.remember()
    window.settings.flush()
    monkeypatch.setattr(MainWindow, "isMaximized", lambda window: True)
    heights: list[int] = []  # of the window, when its arrangement was restored
    real = QMainWindow.restoreState

    def restore(shown: QMainWindow, *arguments: Any) -> bool:
        heights.append(shown.height())
        return real(shown, *arguments)

    monkeypatch.setattr(QMainWindow, "restoreState", restore)
    again = MainWindow(Session(window.session.project), theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "s")
    qtbot.addWidget(again, before_close_func=end_unasked)
    again.resize(1200, 800)
    again.show()
    for height in (700, 950, 1061):  # as a system hands it on
        again.resize(1200, height)
    qtbot.waitUntil(lambda: not again.workspaces._is_restored)
    assert heights[-1] == 1061  # what was restored into less was squeezed
    qtbot.waitUntil(lambda: abs(places(again)["Train"].height() - before) <= 3)

"""What passes in the status bar gives way to what stood there, and small windows are on the screen whole."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QStatusBar, QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.editor.palette import SearchPopup
from workbench.gui.widgets import status_line
from workbench.gui.widgets.choice_popup import ChoicePopup
from workbench.gui.widgets.status_line import StatusLine
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.new_dialog import NewDialog
from workbench.training.events import Warned


@pytest.mark.parametrize("standing", ["", "1 problem: conv1 has no input."])
def test_what_passes_gives_way(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, standing: str) -> None:
    monkeypatch.setattr(status_line, "PASSING_MS", 1)
    monkeypatch.setattr(status_line, "PER_LETTER_MS", 0)
    bar = QStatusBar()
    qtbot.addWidget(bar)
    line = StatusLine(bar)
    line.say("There was something before.")
    line.say(standing)
    line.say_in_passing("Select one node to replace it.")
    assert bar.currentMessage() == "Select one node to replace it."
    qtbot.waitUntil(lambda: bar.currentMessage() == standing)
    bar.showMessage("the tip of a menu")
    bar.clearMessage()  # the mouse leaves the menu
    assert bar.currentMessage() == standing


@pytest.mark.parametrize(
    ("owner", "command"),
    [("adder", "replace_selected"), ("adder", "connect_selected"), ("adder", "insert_on_wire"),
     ("commands", "fix_problems"), ("commands", "continue_run"), ("scene", "toggle_freeze")],
)  # fmt: skip
def test_a_refusal_passes(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, owner: str, command: str
) -> None:
    monkeypatch.setattr(status_line, "PASSING_MS", 1)
    monkeypatch.setattr(status_line, "PER_LETTER_MS", 0)
    window.session.select([window.session.graph.named("image").id] if owner == "scene" else [])
    window.say("This stands.")
    told: list[str] = []
    bar = window.statusBar()
    assert bar is not None
    bar.messageChanged.connect(told.append)
    getattr(getattr(window, owner), command)()
    assert told
    assert told[0] not in ("", "This stands.")
    qtbot.waitUntil(lambda: bar.currentMessage() == "This stands.")


@pytest.mark.parametrize("corner", [(0.99, 0.99), (0.5, 0.98), (0.999, 0.1), (0.2, 0.2)])
@pytest.mark.parametrize("kind", ["layers", "choices"])
def test_a_small_window_is_on_the_screen_whole(qtbot: QtBot, corner: tuple[float, float], kind: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    popup = SearchPopup(parent) if kind == "layers" else ChoicePopup("Connect to", ["a", "b"], parent)
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    room = screen.availableGeometry()
    place = QPoint(round(room.width() * corner[0]), round(room.height() * corner[1]))
    popup.open_at(place)
    assert room.contains(popup.frameGeometry())
    if room.contains(QRect(place, popup.size())):
        assert popup.pos() == place
    popup.close()


@pytest.mark.parametrize(
    "note", ["Left out, files outside the class folders (1): readme.txt.", 'The array "x" is left out.']
)
def test_what_a_run_notes_passes(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    monkeypatch.setattr(status_line, "PASSING_MS", 1)
    monkeypatch.setattr(status_line, "PER_LETTER_MS", 0)
    window.say("This stands.")
    told: list[str] = []
    bar = window.statusBar()
    assert bar is not None
    bar.messageChanged.connect(told.append)
    window.runner._on_events([Warned(0, note)])
    assert told == [note]
    qtbot.waitUntil(lambda: bar.currentMessage() == "This stands.")


def test_what_new_data_notes_passes(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_line, "PASSING_MS", 1)
    monkeypatch.setattr(status_line, "PER_LETTER_MS", 0)

    def accept(dialog: NewDialog) -> int:
        dialog.project, dialog.notes = window.session.project, ("Something is left out.",)
        return 1

    monkeypatch.setattr(NewDialog, "exec", accept)
    told: list[str] = []
    bar = window.statusBar()
    assert bar is not None
    bar.messageChanged.connect(told.append)
    window.commands.new_project()
    assert "Something is left out." in told
    qtbot.waitUntil(lambda: bar.currentMessage() == "")

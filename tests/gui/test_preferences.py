"""The settings dialog: what is changed holds at once and is remembered; nonsense that is remembered does no harm."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from workbench.core.process import GIVES_WAY, request_threads, training_niceness, training_threads, usual_threads
from workbench.gui.threads import worker
from workbench.gui.widgets import theme
from workbench.gui.widgets.kept_settings import apply_kept
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.preferences import Preferences
from workbench.project import storage
from workbench.project.runs import new_job
from workbench.training import engine


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, qapp: QApplication, tmp_path: Path) -> Iterator[Preferences]:
    made = Preferences(window.settings, window.appearance, window.workspaces.reset, window)
    qtbot.addWidget(made)
    made.show()
    apply_kept(qapp, window.settings)
    yield made
    apply_kept(qapp, Settings(tmp_path / "nothing.ini"))
    request_threads(0)


def test_colours_hold_at_once(qtbot: QtBot, window: MainWindow, dialog: Preferences) -> None:
    dialog.colours.setFocus()
    for name, wanted in (("light", theme.LIGHT), ("dark", theme.DARK)):
        dialog.colours.setCurrentIndex(dialog.colours.findData(name))
        dialog.colours.activated.emit(dialog.colours.currentIndex())
        assert window.appearance.theme is wanted
        assert window.settings.text("theme") == name


def test_the_text_grows_and_is_as_the_system_again(
    qtbot: QtBot, window: MainWindow, dialog: Preferences, qapp: QApplication
) -> None:
    before = qapp.font().pointSizeF()
    dialog.text_size.setValue(15)
    assert qapp.font().pointSizeF() == 15
    assert window.panels is not None
    assert window.panels.train.tabs.font().pointSizeF() == 15
    assert window.settings.number("text_size") == 15
    dialog.text_size.setValue(dialog.text_size.minimum())
    assert qapp.font().pointSizeF() == before
    assert dialog.text_size.text() == "as the system"


def test_threads_are_of_the_next_training(window: MainWindow, dialog: Preferences) -> None:
    path = window.session.path
    assert path is not None
    assert dialog.threads.text() == f"usual ({usual_threads()})"
    dialog.threads.setValue(1)
    assert new_job(storage.load(path), path).threads == 1
    dialog.threads.setMaximum(2)
    dialog.threads.setValue(2)
    assert new_job(storage.load(path), path).threads == 2
    dialog.threads.setValue(0)
    assert training_threads() == usual_threads()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own elsewhere")
@pytest.mark.parametrize(("name", "nice"), [("even", 0), ("spare", 15), ("", 5)])
def test_a_training_is_as_nice_as_the_user_wants_it(
    window: MainWindow, dialog: Preferences, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str, nice: int
) -> None:
    asked: dict[int, int] = {}
    monkeypatch.setattr(worker, "lower_priority", lambda nice: asked.setdefault(threading.get_ident(), nice))
    dialog.share.setCurrentIndex(dialog.share.findData(name))
    dialog.share.activated.emit(dialog.share.currentIndex())
    trains: list[int] = []
    real = engine.train

    def train(*arguments: Any) -> Iterator[Any]:
        trains.append(threading.get_ident())
        yield from real(*arguments)

    monkeypatch.setattr(engine, "train", train)
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.runner.run()
    assert [asked[each] for each in trains] == [nice]
    again = Preferences(window.settings, window.appearance, window.workspaces.reset, window)
    qtbot.addWidget(again)
    assert again.share.currentData() == name


@pytest.mark.parametrize("names", [(), ("a.cnn",), ("a.cnn", "b.cnn")])
def test_there_is_something_to_forget_or_the_button_is_off(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, names: tuple[str, ...]
) -> None:
    for path in window.settings.recent:
        window.settings.remove_recent(path)
    for name in names:
        window.settings.add_recent(tmp_path / name)
    made = Preferences(window.settings, window.appearance, window.workspaces.reset, window)
    qtbot.addWidget(made)
    assert made.forget_recent.isEnabled() is bool(names)
    made.forget_recent.click()
    made.forget_recent.click()
    assert window.settings.recent == []


def test_folder_and_what_is_remembered(
    qtbot: QtBot, window: MainWindow, dialog: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.mouseClick(dialog.browse, Qt.MouseButton.LeftButton)
    assert window.settings.text("folder") == str(tmp_path)
    window.settings.add_recent(tmp_path / "a.cnn")
    dialog.forget_recent.setEnabled(True)
    qtbot.mouseClick(dialog.forget_recent, Qt.MouseButton.LeftButton)
    assert window.settings.recent == []
    window.docks["Inspector"].hide()
    window.workspaces.show("Build")
    qtbot.mouseClick(dialog.forget_places, Qt.MouseButton.LeftButton)
    assert window.docks["Inspector"].isVisible() == (window.workspaces.current == "Build")


@pytest.mark.parametrize("kept", ["-3", "1e9", "²", "many", "99999", "9" * 400])
def test_nonsense_that_is_remembered_does_no_harm(qapp: QApplication, tmp_path: Path, kept: str) -> None:
    settings, before = Settings(tmp_path / "s.ini"), qapp.font().pointSizeF()
    settings.keep("text_size", kept)
    settings.keep("threads", kept)
    settings.keep("training_share", kept)
    apply_kept(qapp, settings)
    assert qapp.font().pointSizeF() == before
    assert training_threads() == usual_threads()
    assert training_niceness() == GIVES_WAY


def test_the_dialog_opens_by_its_command(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Preferences, "exec", lambda dialog: shown.append(dialog.windowTitle()))
    window.menus.actions["show_settings"].trigger()
    assert shown == ["Settings"]

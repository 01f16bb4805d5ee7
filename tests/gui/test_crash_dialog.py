"""Errors that nobody foresaw: one dialog, the program lives, and the document is as it was."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.gui.app import crash_dialog as module
from workbench.gui.app.crash_dialog import CrashReporter
from workbench.gui.widgets.message_boxes import message_box
from workbench.gui.window.commands import COMMANDS, Command
from workbench.gui.window.main_window import MainWindow


@pytest.fixture
def mistakes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashReporter]:
    monkeypatch.setattr(module, "write_report", lambda error: "The report is in a file.")
    made = CrashReporter(window)
    made.install()
    yield made
    made.uninstall()
    if made.dialog is not None:
        made.dialog.close()


@pytest.mark.qt_no_exception_capture
@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_action_that_raises_leaves_the_program_alive(
    qtbot: QtBot, window: MainWindow, mistakes: CrashReporter, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError(f"in {command.name}")

    before = window.session.project
    owner = attrgetter(command.owner)(window)
    monkeypatch.setattr(owner, command.method or command.name, fails)
    action = window.menus.actions[command.name]
    action.setEnabled(True)
    action.trigger()
    qtbot.waitUntil(lambda: mistakes.dialog is not None)
    assert mistakes.dialog is not None
    assert f"in {command.name}" in mistakes.dialog.detailedText()
    assert window.session.project is before
    assert window.isVisible()
    assert window.runner.state == "idle"


@pytest.mark.qt_no_exception_capture
def test_the_same_mistake_a_thousand_times_is_one_dialog(
    qtbot: QtBot, window: MainWindow, mistakes: CrashReporter
) -> None:
    def fails() -> None:
        raise ValueError("again")

    timer = QTimer()
    timer.timeout.connect(fails)
    timer.start(0)
    qtbot.waitUntil(lambda: mistakes.count > 1000, timeout=20_000)
    timer.stop()
    from PyQt6.QtWidgets import QMessageBox

    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
    assert len(boxes) == 1


@pytest.mark.qt_no_exception_capture
def test_a_mistake_in_another_thread_is_told_too(qtbot: QtBot, window: MainWindow, mistakes: CrashReporter) -> None:
    def fails() -> None:
        raise RuntimeError("far away")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: mistakes.dialog is not None)
    assert mistakes.dialog is not None
    assert "far away" in mistakes.dialog.informativeText()


@pytest.mark.qt_no_exception_capture
def test_closing_that_fails_does_not_close(
    qtbot: QtBot, window: MainWindow, mistakes: CrashReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> bool:
        raise OSError("at the door")

    with monkeypatch.context() as patch:
        patch.setattr(window, "_may_close", fails)
        window.close()
        assert window.isVisible()
    qtbot.waitUntil(lambda: mistakes.dialog is not None)


def test_the_hooks_are_put_back(window: MainWindow) -> None:
    before = sys.excepthook, threading.excepthook
    made = CrashReporter(window)
    made.install()
    assert sys.excepthook != before[0]
    made.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_crash_leaves_a_log_that_the_next_start_tells_of(tmp_path: Path) -> None:
    import subprocess

    script = (
        "import sys, faulthandler; from pathlib import Path; from PyQt6.QtCore import QCoreApplication, QObject;"
        "from workbench.gui.app.system import Watchdog; app = QCoreApplication([]); dog = Watchdog(app, "
        "Path(sys.argv[1]));"
        "print(dog.last_crash); sys.stdout.flush();"
        "[faulthandler._sigsegv() for _ in sys.argv[2:]]"
    )
    first = subprocess.run([sys.executable, "-c", script, str(tmp_path), "crash"], capture_output=True, check=False)
    assert first.returncode != 0
    second = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "ended unexpectedly" in second.stdout
    (kept,) = tmp_path.glob("crash-*.txt")
    assert "Segmentation fault" in kept.read_text()


@pytest.mark.qt_no_exception_capture
def test_its_box_has_the_glyph_of_the_others(qtbot: QtBot, window: MainWindow, mistakes: CrashReporter) -> None:
    QTimer.singleShot(0, lambda: [][1])
    qtbot.waitUntil(lambda: mistakes.dialog is not None)
    assert mistakes.dialog is not None
    box = message_box(window, "", "Something else.", "alert-outline")
    assert mistakes.dialog.iconPixmap().toImage() == box.iconPixmap().toImage()
    box.deleteLater()

"""Starts the window: hooks, its first picture, and only then the heavy libraries."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from PyQt6.QtCore import QTimer

from workbench.core.errors import WorkbenchError
from workbench.core.files import check_path
from workbench.core.resources import example
from workbench.gui.app.application import EXAMPLE, Application
from workbench.gui.app.crash_dialog import CrashReporter
from workbench.gui.app.preload import Preloader
from workbench.gui.app.system import SystemSignals, Watchdog
from workbench.gui.document.files import wants_copy
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.message_boxes import tell
from workbench.gui.widgets.on_screen import keep_on_screen
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.recovery import bring_home, state_folder
from workbench.project.relocate import placed

REST_MS, RECOVERY_MS = 50, 600


def nobody_reads_the_console() -> bool:
    """Whether the program was started on a screen from no terminal, such as from an icon."""
    has_terminal = sys.stderr is not None and sys.stderr.isatty()
    return not has_terminal and os.environ.get("QT_QPA_PLATFORM") != "offscreen"


def loaded(file: Path) -> Project:
    """Returns the project in a file; where nobody reads the console, a refusal is shown on the screen too.

    Raises:
        UnreadableError: the project cannot be read.
    """
    try:
        check_path(file)
        return storage.load(file)
    except WorkbenchError as error:
        if nobody_reads_the_console():
            tell(None, "It was not opened", str(error))
        raise


def run(path: str, app: Application) -> int:
    """Opens the window on a project, or on the example as an untitled copy; gives the exit code.

    Raises:
        UnreadableError: the project cannot be read.
    """
    themes.apply(app.qt, app.theme)
    file, state = Path(path) if path else example(EXAMPLE), state_folder()
    session = session_on(loaded(file), file, state)
    if session is None:
        return 0
    window = make_window(session, app.theme, app.settings, state)
    keep_on_screen(window)
    mistakes, signals, watchdog = CrashReporter(window), SystemSignals(window), Watchdog(window)
    mistakes.said.connect(window.say)
    mistakes.interrupted.connect(window.end_unasked)
    mistakes.install()
    signals.asked_to_end.connect(window.end_unasked)
    if watchdog.last_crash:
        window.say(watchdog.last_crash)
    app.qt.commitDataRequest.connect(window.files.home.autosave.flush)  # the session may still go on after it
    window.show()
    window.canvas.fit()
    loader = Preloader(window)
    QTimer.singleShot(REST_MS, loader.start)
    QTimer.singleShot(RECOVERY_MS, window.files.offer_leftovers)
    code = app.qt.exec()
    mistakes.uninstall()
    signals.stop()
    watchdog.stop()
    loader.shut_down()  # an interpreter that ends while a library loads on a thread crashes
    return code


def session_on(project: Project, file: Path, state: Path) -> Session | None:
    """A session on a project: on a copy of an example or of what another window has; None if that is not wanted."""
    is_copy = storage.opens_as_copy(file)
    if not is_copy and storage.is_open_elsewhere(file):
        if not wants_copy(None, file):
            return None
        is_copy = True
    if is_copy:
        return Session(placed(project, file, state / file.name))
    storage.clear_leftovers(file)
    with contextlib.suppress(WorkbenchError):  # tried again with the look for unsaved work
        bring_home(state, file)  # before the tables of runs are filled
    return Session(project, file)


def make_window(session: Session, theme: themes.Theme, settings: Settings, state: Path) -> MainWindow:
    """Returns the window of a session, not shown yet; whoever drives it need not know its class."""
    return MainWindow(session, theme, settings, state)

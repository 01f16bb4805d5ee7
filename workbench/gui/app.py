"""Starts the window: theme, exception hook, first paint, and only then the heavy libraries."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from workbench.core.errors import UsageError
from workbench.core.resources import example
from workbench.gui import theme as themes
from workbench.gui.main_window import MainWindow
from workbench.gui.session import Session
from workbench.project import storage


def has_screen() -> bool:
    """Whether there is something to draw a window on."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(path: str) -> int:
    """Opens the window on a project, or on the example as an untitled copy; gives the exit code.

    Raises:
        UsageError: there is no screen.
        UnreadableError: the project cannot be read.
    """
    if not has_screen():
        raise UsageError(
            "There is no screen for a window here. Everything works from the command line too: cnn-workbench --help."
        )
    project = storage.load(Path(path) if path else example("lenet5-digits.cnn"))
    app = QApplication(sys.argv[:1])
    app.setApplicationName("cnn-workbench")
    theme = themes.system_theme(app)
    themes.apply(app, theme)
    window = MainWindow(Session(project, Path(path) if path else None), theme)
    install_hooks(window)
    window.show()
    QTimer.singleShot(0, window.canvas.fit)
    QTimer.singleShot(50, window.load_rest)
    QTimer.singleShot(300, lambda: threading.Thread(target=_load_torch, daemon=True).start())
    return app.exec()


def _load_torch() -> None:
    """Imports torch behind the window, so that the first training starts at once."""
    import torch  # noqa: F401


def install_hooks(window: MainWindow) -> None:
    """Errors that nobody foresaw are kept in a report and told in the status bar; without this Qt would abort."""
    from workbench.core.report import write_report

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        where = write_report(error)
        window.mistake_found.emit(f"A mistake in the program: {error}. {where}")

    sys.excepthook = hook
    threading.excepthook = lambda args: hook(args.exc_type, args.exc_value or Exception(), args.exc_traceback)

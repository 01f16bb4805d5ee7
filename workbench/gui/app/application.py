"""The application object and how the user wants it; it is made before anything else is loaded."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

from PyQt6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PyQt6.QtWidgets import QApplication

from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.kept_settings import apply_kept
from workbench.gui.widgets.user_settings import Settings

EXAMPLE = "lenet5-digits.cnn"  # what a start without a project opens
SWITCH_SECONDS = 0.0005  # measured: the default of 5 ms makes both sides wait, and costs a training 5 %


class Application(NamedTuple):
    """What a window is made with.

    Attributes:
        qt: Qt's object, which must outlive every window.
        settings: what is remembered about the user.
        theme: the colours that the user has chosen, else those of the system.
    """

    qt: QApplication
    settings: Settings
    theme: themes.Theme


def make_app() -> QApplication:
    """Returns the application object, with its names; the window and the training hand Python's lock over quickly."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("cnn-workbench")
    app.setApplicationDisplayName("CNN Workbench")
    return app


def with_settings(app: QApplication) -> Application:
    """Returns the application with what is remembered about its user; its windows are not dressed in it yet."""
    settings = Settings()
    apply_kept(app, settings)
    chosen = {theme.name: theme for theme in (themes.DARK, themes.LIGHT)}
    return Application(app, settings, chosen.get(settings.text("theme")) or themes.system_theme(app))


def quiet_qt() -> None:
    """Keeps what Qt writes for programmers off the user's terminal; CNN_WORKBENCH_TRACEBACK shows it, as all else."""
    if not os.environ.get("CNN_WORKBENCH_TRACEBACK"):
        qInstallMessageHandler(_on_message)


def _on_message(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        print(text, file=sys.stderr, flush=True)

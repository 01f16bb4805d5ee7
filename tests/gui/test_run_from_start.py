"""The bar at the window's foot says what the newest run of the project came to that the window begins with."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.project.runs import new_job
from workbench.training.engine import train


def test_the_run_of_the_first_project_is_told(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    assert session.path is not None
    list(train(new_job(session.project, session.path)))
    window = MainWindow(session, theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "state")
    qtbot.addWidget(window, before_close_func=lambda made: setattr(made, "_is_ending", True))
    window.show()
    with qtbot.waitSignal(window.rest_loaded, timeout=20_000):  # by and by, as in use: the runs are read meanwhile
        window.rest.start()
    qtbot.waitUntil(lambda: "run-001" in window.strip.status.text(), timeout=20_000)
    assert window.strip.bar.value() == window.strip.bar.maximum()

"""Starting the program on a file that cannot be opened, and what is said after a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.architecture.sources import ROOT
from workbench.core.errors import WorkbenchError
from workbench.gui.app import start as app
from workbench.gui.app.application import Application
from workbench.gui.app.opening import Opening
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.widgets.theme import DARK, LIGHT, Theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.project.recovery import Leftover


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> list[str]:
    """What message boxes say, each of them left by its last answer."""
    found: list[str] = []

    def noted(box: QMessageBox) -> Button:
        found.append(f"{box.text()} {box.informativeText()}")
        return Button.No

    monkeypatch.setattr(QMessageBox, "exec", noted)
    return found


@pytest.fixture
def application(qapp: QApplication, tmp_path: Path) -> Application:
    """What a window is made with."""
    return Application(qapp, Settings(tmp_path / "settings.ini"), DARK)


@pytest.mark.parametrize("name", ["gone.cnn", "bad.cnn"])
def test_a_start_from_an_icon_says_on_the_screen_why_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], application: Application, name: str
) -> None:
    (tmp_path / "bad.cnn").write_text("{")
    monkeypatch.setattr(app, "nobody_reads_the_console", lambda: True)
    with pytest.raises(WorkbenchError):
        app.run(str(tmp_path / name), application)
    assert len(told) == 1
    assert name in told[0]


def test_a_start_from_a_terminal_opens_no_window_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], application: Application
) -> None:
    monkeypatch.setattr(app, "nobody_reads_the_console", lambda: False)
    with pytest.raises(WorkbenchError):
        app.run(str(tmp_path / "gone.cnn"), application)
    assert told == []


@pytest.mark.parametrize(
    ("origin", "sentence"), [(None, "never saved"), (Path("net.cnn"), "Your own file has not been touched")]
)
def test_recovery_speaks_of_a_file_only_where_there_is_one(
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: list[str],
    origin: Path | None,
    sentence: str,
) -> None:
    left = Leftover(tmp_path, origin, 0.0)
    monkeypatch.setattr("workbench.gui.document.files.left_behind", lambda state: [left])
    window.files.offer_recovery()
    assert sentence in told[0]


@pytest.mark.parametrize(
    ("module", "later"),
    [
        ("opening", {"numpy", "pydantic", "torch", "pyqtgraph"}),
        ("start", {"numpy", "torch", "pyqtgraph", "typer", "PIL"}),
    ],
)
def test_what_is_heavy_comes_later(module: str, later: set[str]) -> None:
    code = f"import sys, workbench.gui.app.{module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "PyQt6" in found.stdout.split()
    assert not later & set(found.stdout.split())


@pytest.mark.parametrize("other", [QWidget, QDialog])
def test_the_opening_gives_way_to_the_first_window(qtbot: QtBot, other: type[QWidget]) -> None:
    opening = Opening("digits", DARK)
    qtbot.addWidget(opening)
    with qtbot.waitSignal(opening.painted):
        opening.show_now()
    QLabel(opening).show()  # no window
    assert opening.isVisible()
    window = other()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: not opening.isVisible())


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_opening_names_the_project_in_its_colours(qtbot: QtBot, theme: Theme) -> None:
    digits, faces, long = (Opening(name, theme) for name in ("digits", "faces", "digits " * 200))
    for each in (digits, faces, long):
        qtbot.addWidget(each)
    assert digits.size() == faces.size()
    assert long.width() < 3 * digits.width()
    assert digits.pixmap().toImage() != faces.pixmap().toImage()
    assert digits.pixmap().toImage().pixelColor(5, 5).name() == theme.canvas

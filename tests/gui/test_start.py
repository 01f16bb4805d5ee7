"""Starting the program on a file that cannot be opened, and what is said after a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication, QMessageBox

from workbench.core.errors import WorkbenchError
from workbench.gui.app import start as app
from workbench.gui.widgets.message_boxes import Button
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
    monkeypatch.setattr(app, "make_app", lambda: qapp)
    return found


@pytest.mark.parametrize("name", ["gone.cnn", "bad.cnn"])
def test_a_start_from_an_icon_says_on_the_screen_why_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], name: str
) -> None:
    (tmp_path / "bad.cnn").write_text("{")
    monkeypatch.setattr(app, "nobody_reads_the_console", lambda: True)
    with pytest.raises(WorkbenchError):
        app.run(str(tmp_path / name))
    assert len(told) == 1
    assert name in told[0]


def test_a_start_from_a_terminal_opens_no_window_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    monkeypatch.setattr(app, "nobody_reads_the_console", lambda: False)
    with pytest.raises(WorkbenchError):
        app.run(str(tmp_path / "gone.cnn"))
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

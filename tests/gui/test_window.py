"""The whole window: a story from opening to closing, and what must hold for every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from workbench.gui import theme
from workbench.gui.actions import COMMANDS, MENUS
from workbench.gui.files import ProjectFiles
from workbench.gui.main_window import MainWindow, key_sequence
from workbench.project import storage
from workbench.training.run_folder import list_runs


def test_train_and_look(qtbot: QtBot, window: MainWindow) -> None:
    panel, look = window.train_panel, window.look_panel
    assert panel is not None
    assert look is not None
    with qtbot.waitSignal(panel.run_ended, timeout=60_000) as ended:
        window.actions_by_name["run_training"].trigger()
        assert panel.state == "running"
    qtbot.waitUntil(lambda: panel.state == "idle")
    assert ended.args[0].reason == "finished"
    assert len(panel.curves._epochs["validation accuracy"]) == 2
    assert panel.curves._batches.points()[0][-1] == pytest.approx(2.0)
    window._docks["Look"].raise_()
    window.session.select([window.session.graph.named("conv").id])
    qtbot.waitUntil(lambda: look._answer is not None, timeout=20_000)
    assert look._answer is not None
    assert look._answer.origin == "run-001"
    assert len(look._answer.picture.units) == 4
    place = look.grid.tile_rect(2).center().toPoint()
    qtbot.mouseClick(look.grid, Qt.MouseButton.LeftButton, pos=place)
    assert look.unit.caption == "unit 2"
    qtbot.keyClick(look.grid, Qt.Key.Key_Right)
    assert look.unit.caption == "unit 3"


def test_one_batch_one_epoch_stop(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.train_panel
    assert panel is not None
    assert window.session.path is not None
    qtbot.mouseClick(panel._buttons["batch"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel._bar.value() == 1, timeout=20_000)
    assert panel.state == "paused"
    qtbot.mouseClick(panel._buttons["epoch"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "train loss" in panel.curves._epochs, timeout=20_000)
    with qtbot.waitSignal(panel.run_ended, timeout=20_000) as ended:
        qtbot.mouseClick(panel._buttons["stop"], Qt.MouseButton.LeftButton)
    assert ended.args[0].reason == "stopped"
    qtbot.waitUntil(lambda: panel.state == "idle")
    (run,) = list_runs(storage.runs_folder(window.session.path))
    assert list(run.checkpoints.glob("step-*.json"))


def test_closing_while_it_trains_ends_the_run_whole(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.train_panel
    assert panel is not None
    window.run_training()
    qtbot.waitUntil(lambda: panel._bar.value() > 2, timeout=20_000)
    assert window.session.path is not None
    window.close()
    (run,) = list_runs(storage.runs_folder(window.session.path))
    ending = run.ending()
    assert ending is not None
    assert ending["reason"] in ("stopped", "finished")


def test_a_problem_is_said_in_place_of_training(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([window.session.graph.named("flatten").id])
    window.delete_selection()
    window.run_training()
    assert window.train_panel is not None
    assert window.train_panel.state == "idle"
    assert "fc" in window.train_panel._status.text()


def test_save_marks_and_writes(qtbot: QtBot, window: MainWindow) -> None:
    path = window.session.path
    assert path is not None
    window._on_layer_chosen("ReLU")
    assert window.isWindowModified()
    window.actions_by_name["save_project"].trigger()
    assert not window.isWindowModified()
    assert storage.load(path).graph == window.session.graph


def test_a_file_that_cannot_be_opened_leaves_what_is_open(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    before = window.session.project
    (tmp_path / "bad.cnn").write_text("{")
    window.files.open_file(tmp_path / "bad.cnn")
    assert window.session.project is before
    assert "bad.cnn" in told[0]


def test_unsaved_changes_are_asked_about(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window._on_layer_chosen("ReLU")
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Cancel)
    event = QCloseEvent()
    window.closeEvent(event)
    assert not event.isAccepted()
    assert window.isVisible()


def test_both_themes_paint_every_node(window: MainWindow) -> None:
    dark = window.grab().toImage()
    window.toggle_theme()
    light = window.grab().toImage()
    assert window.theme is theme.LIGHT
    centre = dark.width() // 2, dark.height() // 4
    assert dark.pixelColor(*centre).lightness() < 80
    assert light.pixelColor(*centre).lightness() > 180
    window.toggle_theme()


def test_every_command_has_a_slot_a_menu_and_keys_of_its_own() -> None:
    keys: dict[str, str] = {}
    for command in COMMANDS:
        assert callable(getattr(ProjectFiles, command.name, None) or getattr(MainWindow, command.name))
        assert command.menu in MENUS
        assert command.tip
        for key in command.keys:
            text = key_sequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            assert text, f"{key} of {command.name} is no key here"
            assert keys.setdefault(text, command.name) == command.name


def test_the_window_comes_before_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys; from PyQt6.QtWidgets import QApplication; app = QApplication([]);"
        "from workbench.gui import theme; from workbench.gui.main_window import MainWindow;"
        "from workbench.gui.session import Session; from workbench.project import storage;"
        "from workbench.core.resources import example;"
        "w = MainWindow(Session(storage.load(example('lenet5-digits.cnn'))), theme.DARK); w.show();"
        "app.processEvents(); print([n for n in ('torch', 'pyqtgraph', 'torchvision') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "[]", result.stderr

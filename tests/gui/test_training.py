"""Training in the window: buttons, strip, curves, confusion matrix, runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QSpinBox
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.runs_page import cell, row_count
from workbench.gui.training.confusion import ConfusionMatrix
from workbench.gui.training.panel import TrainPanel
from workbench.gui.widgets import theme
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.training.run_folder import list_runs


@pytest.fixture
def panel(window: MainWindow) -> TrainPanel:
    window.menus.do("show_train")
    assert window.panels is not None
    return window.panels.train


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.strip.buttons[name], Qt.MouseButton.LeftButton)


def finish(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        press(qtbot, window, "toggle")
    qtbot.waitUntil(lambda: window.runner.state == "idle")


def test_one_button_trains_and_everything_shows_it(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    finish(qtbot, window)
    assert len(panel.curves.epochs["validation accuracy"]) == 2
    assert panel.curves.batches.x.values[-1] == pytest.approx(2.0)
    assert window.strip.bar.value() == window.strip.bar.maximum()
    assert "Finished" in window.strip.status.text()
    assert "test accuracy" in window.strip.status.text()
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    assert cell(panel.runs, 0, 0) == "run-001"
    qtbot.waitUntil(lambda: cell(panel.runs, 0, 1) == "finished")


def test_the_confusion_matrix_counts_every_validation_sample(
    qtbot: QtBot, window: MainWindow, panel: TrainPanel
) -> None:
    finish(qtbot, window)
    counts = panel.confusion._counts
    assert counts is not None
    samples = window.session.project.data_config()
    assert counts.shape == (3, 3)
    assert counts.sum() == round(48 * samples.validation_share)
    assert panel.confusion._classes == ("0", "1", "2")


def test_another_project_can_be_trained_too(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    panel.form.change("epochs", 200)
    for project in (window.session.project, None):
        press(qtbot, window, "one_batch")
        qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
        if project is not None:
            window.files.stop_work()  # as before another project is shown
            assert window.runner.state == "idle"
    window.runner.shut_down()
    press(qtbot, window, "one_batch")
    assert window.runner.state == "idle", "a window that closes begins no training"


def test_pause_and_go_on_by_the_same_button(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    panel.form.change("epochs", 200)
    press(qtbot, window, "toggle")
    qtbot.waitUntil(lambda: window.strip.bar.value() > 3, timeout=60_000)
    press(qtbot, window, "toggle")
    assert window.runner.state == "paused"
    assert window.strip.buttons["toggle"].text() == "Resume"
    press(qtbot, window, "toggle")
    here = window.strip.bar.value()
    qtbot.waitUntil(lambda: window.strip.bar.value() > here + 3)
    with qtbot.waitSignal(window.runner.run_ended, timeout=20_000) as ended:
        press(qtbot, window, "stop")
    assert ended.args[0].reason == "stopped"
    qtbot.waitUntil(lambda: window.runner.state == "idle")


def test_one_batch_then_one_epoch_then_hold(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    press(qtbot, window, "one_batch")
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    assert window.strip.bar.value() == 1
    press(qtbot, window, "one_epoch")
    qtbot.waitUntil(lambda: "validation loss" in panel.curves.epochs, timeout=60_000)
    qtbot.waitUntil(lambda: window.runner.state == "paused")
    assert window.strip.bar.value() == 6
    window.runner.shut_down()


def test_a_stopped_run_goes_on_where_it_was(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    press(qtbot, window, "one_batch")
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    with qtbot.waitSignal(window.runner.run_ended, timeout=20_000):
        press(qtbot, window, "stop")
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    panel.tabs.setCurrentIndex(3)
    panel.runs.select(["run-001"])
    qtbot.waitUntil(panel.runs.buttons["resume"].isEnabled)
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000) as ended:
        qtbot.mouseClick(panel.runs.buttons["resume"], Qt.MouseButton.LeftButton)
    assert ended.args[0].reason == "finished"
    assert ended.args[0].run == "run-001"
    assert window.session.path is not None
    assert len(list_runs(storage.runs_folder(window.session.path))) == 1
    qtbot.waitUntil(lambda: window.runner.state == "idle")


def test_runs_are_renamed_and_deleted(
    qtbot: QtBot, window: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(qtbot, window)
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    panel.tabs.setCurrentIndex(3)
    panel.runs.select(["run-001"])
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("best one", True))
    qtbot.waitUntil(panel.runs.buttons["rename"].isEnabled)
    qtbot.mouseClick(panel.runs.buttons["rename"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cell(panel.runs, 0, 0) == "best one")
    panel.runs.select(["best one"])
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Discard)
    qtbot.mouseClick(panel.runs.buttons["delete"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row_count(panel.runs) == 0)
    assert window.session.path is not None
    assert list_runs(storage.runs_folder(window.session.path)) == []


def test_training_settings_are_undoable_and_bounded(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    box = panel.form.editors["epochs"].widget
    assert isinstance(box, QSpinBox)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert window.session.project.training["epochs"] == 4
    window.menus.do("undo")
    assert window.session.project.training["epochs"] == 2
    assert box.value() == 2
    panel.form.change("lr", -1.0)
    assert window.session.project.training["lr"] == 0.01
    assert "lr" in panel.form._message.text()


def test_a_problem_is_said_in_place_of_training(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([window.session.graph.named("flatten").id])
    window.scene.commands.cut_selection()
    press(qtbot, window, "toggle")
    assert window.runner.state == "idle"
    assert "fc" in window.strip.status.text()


def test_a_run_that_cannot_start_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "small.npz").unlink()
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        press(qtbot, window, "toggle")
    assert "small.npz" in window.strip.status.text()
    assert window.runner.state == "idle"


def test_curves_are_saved_as_picture_and_numbers(
    qtbot: QtBot, window: MainWindow, panel: TrainPanel, tmp_path: Path
) -> None:
    finish(qtbot, window)
    panel.export_to(tmp_path / "curves.csv")
    panel.export_to(tmp_path / "curves.png")
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    assert lines[0].startswith("epoch,train loss")
    assert len(lines) == 3
    assert (tmp_path / "curves.png").read_bytes()[:4] == b"\x89PNG"


def test_two_runs_are_compared(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    finish(qtbot, window)
    panel.form.change("lr", 0.5)
    finish(qtbot, window)
    window.menus.do("show_compare")
    compare = panels_of(window).compare
    assert compare is not None
    qtbot.waitUntil(lambda: row_count(compare.runs) == 2, timeout=20_000)
    compare.runs.select(["run-001", "run-002"])
    qtbot.waitUntil(lambda: len(compare.plot.listDataItems()) == 2, timeout=20_000)
    cells = [
        [compare.differing.item(row, column).text() for column in range(3)]
        for row in range(compare.differing.rowCount())
    ]
    assert cells == [["Learning rate", "0.5", "0.01"]]


def test_the_matrix_tells_each_cell_in_words(qtbot: QtBot, qapp: QApplication) -> None:
    matrix = ConfusionMatrix(theme.DARK)
    qtbot.addWidget(matrix)
    matrix.resize(400, 400)
    matrix.show_counts(np.array([[8, 2], [1, 9]]), ("cat", "dog"))
    grid = matrix._grid()
    cell = matrix.cell_at(grid.left() + 0.75 * grid.width(), grid.top() + 0.25 * grid.height())
    assert cell == (0, 1)
    assert matrix.describe(*cell) == "cat taken for dog: 2 of 10"
    assert matrix.describe(1, 1) == "dog correct: 9 of 10"
    assert matrix.cell_at(1, 1) is None


def test_a_zoomed_plot_stays_where_it_is_until_it_shall_follow(
    qtbot: QtBot, window: MainWindow, panel: TrainPanel
) -> None:
    finish(qtbot, window)
    for plot in (panel.curves.loss, panel.curves.measure):
        plot.getViewBox().sigRangeChangedManually.emit([True, True])
        panel.curves.loss.setXRange(0.5, 1.0, padding=0)
        panel.curves.draw()
        assert panel.curves.measure.getViewBox().viewRange()[0] == pytest.approx([0.5, 1.0])
        qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton)
        panel.curves.draw()
        assert panel.curves.loss.getViewBox().viewRange()[0][1] >= 2.0


def test_a_run_that_goes_on_shows_its_whole_curve(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    press(qtbot, window, "one_epoch")
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    before = panel.curves.epochs["train loss"]
    with qtbot.waitSignal(window.runner.run_ended, timeout=20_000):
        press(qtbot, window, "stop")
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        window.menus.do("continue_run")
    qtbot.waitUntil(lambda: len(panel.curves.epochs.get("train loss", ())) == 2)
    assert panel.curves.epochs["train loss"][:1] == before
    assert panel.curves.batches.x.values.tolist() == pytest.approx([(step + 1) / 6 for step in range(12)])
    qtbot.waitUntil(lambda: window.runner.state == "idle")


def test_a_failed_start_is_no_running_run(qtbot: QtBot, window: MainWindow, panel: TrainPanel, tmp_path: Path) -> None:
    finish(qtbot, window)
    (tmp_path / "small.npz").unlink()
    with qtbot.waitSignal(window.runner.failed, timeout=60_000):
        press(qtbot, window, "toggle")
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1 and cell(panel.runs, 0, 1) == "finished")


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [("a", "Numbers (*.csv)", "a.csv"), ("a", "Picture (*.png)", "a.png"), ("a.CSV", "Picture (*.png)", "a.CSV")],
)
def test_the_kind_that_was_chosen_is_written(
    window: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    name: str, kind: str, written: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / name), kind))
    panel.export.click()
    is_picture = (tmp_path / written).read_bytes().startswith(b"\x89PNG")
    assert is_picture == written.endswith("png")


def test_a_setting_turned_there_and_back_leaves_no_step(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    panel.form.change("epochs", 3)
    panel.form.change("epochs", 2)
    assert window.session.undo_stack.count() == 0
    assert not window.isWindowModified()


def test_the_steps_of_an_average_are_of_use_once_there_is_one(window: MainWindow) -> None:
    form = panels_of(window).train.form
    assert not form.editors["average_steps"].widget.isEnabled()
    form.change("average_decay", 0.9)
    assert form.editors["average_steps"].widget.isEnabled()
    window.session.undo_stack.undo()
    assert not form.editors["average_steps"].widget.isEnabled()

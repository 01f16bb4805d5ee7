"""Which run the Train panel shows: the newest of a project that is opened, a chosen one, or the one under way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.conftest import small_project
from tests.gui.panels import panels_of
from tests.gui.runs_page import cell, place, row_count
from workbench.gui.document.session import Session
from workbench.gui.training import drawn_run
from workbench.gui.training.panel import TrainPanel
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.runs import new_job
from workbench.training.engine import train
from workbench.training.run_folder import RunFolder
from workbench.training.run_rows import RunRows

STEPS = 6  # batches of an epoch of the small project


def trained(path: Path, *epochs: int) -> None:
    """Trains a project's network, a run for each number of epochs."""
    project = storage.load(path)
    for count in epochs:
        training = {**project.training, "epochs": count}
        list(train(new_job(replace(project, training=training), path)))


@pytest.fixture
def panel(session: Session, request: pytest.FixtureRequest) -> TrainPanel:
    """The Train panel of a window that has just opened a project with runs of 1 and 3 epochs."""
    assert session.path is not None
    trained(session.path, 1, 3)
    window: MainWindow = request.getfixturevalue("window")
    window.menus.do("show_train")
    assert window.panels is not None
    return window.panels.train


def choose(qtbot: QtBot, panel: TrainPanel, row: int) -> None:
    """Clicks a run in the table."""
    panel.tabs.setCurrentWidget(panel.runs)
    table = panel.runs.table
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(place(panel.runs, row, 0)).center()
    )


def shows(panel: TrainPanel, run: str, epochs: int) -> bool:
    """Whether curves, matrix and title are those of a run of so many epochs."""
    return (
        panel.drawn.title.text.text().startswith(run)
        and len(panel.curves.epochs.get("validation accuracy", ())) == epochs
        and len(panel.curves.batches) == epochs * STEPS
        and panel.confusion._counts is not None
    )


def test_a_reopened_project_shows_its_newest_run(qtbot: QtBot, window_of: Any, panel: TrainPanel) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    title = panel.drawn.title.text.text()
    assert "3 epochs, best validation accuracy" in title
    assert window_of.strip.status.text() == title
    assert panel.curves.batches.x.values[-1] == pytest.approx(3.0)
    counts = panel.confusion._counts
    assert counts is not None
    assert counts.sum() == round(48 * window_of.session.project.data_config().validation_share)
    assert panel.confusion._classes == ("0", "1", "2")
    assert panel.confusion.about.startswith("validation, best epoch (")


@pytest.fixture
def window_of(panel: TrainPanel, window: MainWindow) -> MainWindow:
    """The window of the panel, made after the runs."""
    return window


def test_a_run_that_is_clicked_is_shown(qtbot: QtBot, window_of: MainWindow, panel: TrainPanel) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    assert panel.classes.rowCount() == 3
    choose(qtbot, panel, 1)
    qtbot.waitUntil(lambda: shows(panel, "run-001", 1))
    counts = panel.confusion._counts
    assert counts is not None
    samples = [panel.classes.item(row, 1).text() for row in range(3)]
    assert samples == [str(count) for count in counts.sum(1)]
    assert window_of.strip.status.text().startswith("run-001: 1 epoch,")
    choose(qtbot, panel, 0)
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))


def test_another_project_begins_empty_and_never_with_old_answers(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    gate, asked = threading.Event(), []
    read = RunRows.read

    def slowly(self: RunRows, folder: Path) -> Any:
        asked.append(folder)
        answer = read(self, folder)
        assert gate.wait(20)
        return answer

    monkeypatch.setattr(RunRows, "read", slowly)
    assert panels_of(window_of).runs is not None
    panels_of(window_of).runs.refresh()  # of the old project, and slow
    (tmp_path / "other").mkdir()
    other = small_project(tmp_path / "other")
    window_of.session.replace(storage.load(other), other)
    assert panel.curves.epochs == {}
    assert len(panel.curves.batches) == 0
    assert panel.confusion._counts is None
    assert row_count(panel.runs) == 0
    assert window_of.strip.status.text() == "Press Run to train the network."
    drawn = []
    panels_of(window_of).runs.changed.connect(lambda: drawn.append(panel.drawn.name))
    gate.set()
    qtbot.waitUntil(lambda: len(asked) == 2 and not panels_of(window_of).runs._job.is_busy)
    assert drawn == []
    assert panel.curves.epochs == {}


def test_batches_of_a_run_that_is_no_longer_asked_for_are_dropped(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    gate, curve = threading.Event(), drawn_run.loss_curve

    def slowly(run: RunFolder) -> Iterator[list[tuple[float, float]]]:
        for points in curve(run):
            assert run.name != "run-001" or gate.wait(20)
            yield points

    monkeypatch.setattr(drawn_run, "loss_curve", slowly)
    choose(qtbot, panel, 1)
    assert len(panel.curves.epochs["train loss"]) == 1
    assert len(panel.curves.batches) == 0
    choose(qtbot, panel, 0)
    gate.set()
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    qtbot.waitUntil(lambda: not panel.drawn._job.is_busy)


def test_during_a_training_another_run_is_shown_as_such_with_a_way_back(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    choose(qtbot, panel, 1)
    window_of.runner.one_epoch()
    qtbot.waitUntil(lambda: window_of.runner.state == "paused", timeout=60_000)
    assert panel.drawn.title.text.text() == "run-003 is paused"
    qtbot.waitUntil(lambda: len(panel.curves.batches) == STEPS)
    assert panel.confusion.about == "validation, epoch 1"
    qtbot.waitUntil(lambda: panel.runs.selected == ["run-003"])
    choose(qtbot, panel, 2)
    qtbot.waitUntil(lambda: shows(panel, "run-001", 1))
    assert "not the run under way, run-003" in panel.drawn.title.text.text()
    window_of.runner.one_batch()
    qtbot.waitUntil(lambda: window_of.runner.state == "paused", timeout=60_000)
    assert panel.drawn.name == "run-001"
    qtbot.mouseClick(panel.drawn.title.back, Qt.MouseButton.LeftButton)
    assert panel.drawn.title.text.text() == "run-003 is paused"
    qtbot.waitUntil(lambda: len(panel.curves.batches) == STEPS + 1)
    assert panel.drawn.title.back.isHidden()
    assert panel.runs.selected == ["run-003"]
    window_of.runner.shut_down()


def test_a_renamed_run_stays_in_view_and_a_deleted_one_gives_way_to_the_next(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    choose(qtbot, panel, 1)
    qtbot.waitUntil(lambda: shows(panel, "run-001", 1))
    data = panel.curves.data
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("first try", True))
    panel.runs.buttons["rename"].click()
    qtbot.waitUntil(lambda: panel.runs.selected == ["first try"])
    assert panel.curves.data is data
    assert panel.drawn.title.text.text().startswith("first try: 1 epoch")
    assert window_of.strip.status.text().startswith("first try: 1 epoch")
    choose(qtbot, panel, 0)
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Discard)
    panel.runs.buttons["delete"].click()
    qtbot.waitUntil(lambda: shows(panel, "first try", 1))
    panel.runs.buttons["delete"].click()
    qtbot.waitUntil(lambda: panel.drawn.name == "")
    assert panel.curves.epochs == {}
    assert window_of.strip.status.text() == "Press Run to train the network."


def test_a_run_that_has_just_ended_is_deleted_from_view(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(window_of.runner.run_ended, timeout=60_000):
        window_of.runner.run()
    qtbot.waitUntil(lambda: window_of.runner.state == "idle" and panel.runs.selected == ["run-003"])
    assert "Finished" in window_of.strip.status.text()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Discard)
    qtbot.waitUntil(panel.runs.buttons["delete"].isEnabled)
    panel.runs.buttons["delete"].click()
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    assert window_of.strip.status.text().startswith("run-002")


def test_a_log_without_a_matrix_says_so(qtbot: QtBot, session: Session, request: pytest.FixtureRequest) -> None:
    assert session.path is not None
    trained(session.path, 2)
    log = RunFolder(storage.runs_folder(session.path) / "run-001").log
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    for row in rows:
        row.pop("confusion", None)
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    window: MainWindow = request.getfixturevalue("window")
    panel = panels_of(window).train
    assert panel is not None
    qtbot.waitUntil(lambda: len(panel.curves.batches) == 2 * STEPS)
    assert panel.confusion._counts is None
    assert "run-001 does not hold its confusion matrix" in panel.confusion.empty_text
    window.menus.do("show_train")
    panel.tabs.setCurrentWidget(panel.results)
    qtbot.mouseClick(panel.confusion, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.confusion._counts is not None, timeout=20_000)
    counts = panel.confusion._counts
    assert counts is not None
    assert counts.sum() == round(48 * window.session.project.data_config().validation_share)
    assert panel.confusion.about == "validation, counted anew"


def test_the_same_project_opened_again_shows_its_runs_again(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    choose(qtbot, panel, 1)
    session = window_of.session
    assert session.path is not None
    session.replace(storage.load(session.path), session.path)
    window_of.files.opened.emit()
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    assert window_of.strip.status.text().startswith("run-002")


def test_the_end_of_a_run_is_told_while_another_is_looked_at(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel
) -> None:
    window_of.runner.one_batch()
    qtbot.waitUntil(lambda: window_of.runner.state == "paused", timeout=60_000)
    qtbot.waitUntil(lambda: panel.runs.selected == ["run-003"])
    choose(qtbot, panel, 2)
    with qtbot.waitSignal(window_of.runner.run_ended, timeout=60_000):
        window_of.runner.run()
    qtbot.waitUntil(lambda: window_of.runner.state == "idle" and cell(panel.runs, 0, 1) == "finished")
    assert panel.drawn.name == "run-001"
    assert window_of.strip.status.text().startswith("Finished")
    assert "run-003" in window_of.strip.status.text()

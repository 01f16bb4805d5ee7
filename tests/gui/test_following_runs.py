"""A run that another process trains is shown in the window as it grows, with the panels of the window's own."""

from __future__ import annotations

import shutil
from itertools import islice

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.runs_page import row_count
from workbench.gui.training.panel import TrainPanel
from workbench.gui.window.main_window import MainWindow
from workbench.project.runs import new_job
from workbench.project.storage import runs_folder
from workbench.training.engine import train


@pytest.fixture
def panel(window: MainWindow) -> TrainPanel:
    window.menus.do("show_train")
    assert window.panels is not None
    return window.panels.train


def follow(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    panel.tabs.setCurrentIndex(3)  # which looks for runs that others have begun
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    panel.runs.select(["run-001"])
    qtbot.mouseClick(panel.runs.buttons["follow"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runner.state == "running", timeout=20_000)


def test_a_run_of_another_process_is_drawn_as_it_grows(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    assert window.session.path is not None
    training = train(new_job(window.session.project, window.session.path))
    list(islice(training, 4))
    follow(qtbot, window, panel)
    here = window.strip.bar.value()
    list(islice(training, 4))
    qtbot.waitUntil(lambda: window.strip.bar.value() > here, timeout=20_000)
    with qtbot.waitSignal(window.runner.run_ended, timeout=20_000) as ended:
        list(training)
    assert ended.args[0].reason == "finished"
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    assert len(panel.curves.epochs["validation accuracy"]) == 2
    assert panel.curves.batches.x.values[-1] == pytest.approx(2.0)
    assert window.strip.bar.value() == window.strip.bar.maximum()


def test_a_folder_that_goes_away_is_a_sentence_and_stopping_ends_the_showing(
    qtbot: QtBot, window: MainWindow, panel: TrainPanel
) -> None:
    assert window.session.path is not None
    training = train(new_job(window.session.project, window.session.path))
    list(islice(training, 4))
    follow(qtbot, window, panel)
    with qtbot.waitSignal(window.runner.troubled, timeout=20_000) as troubled:
        shutil.move(runs_folder(window.session.path) / "run-001", window.session.path.with_name("elsewhere"))
    assert "run-001" in troubled.args[0]
    assert "not there" in troubled.args[0]
    qtbot.mouseClick(window.strip.buttons["stop"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    training.close()


@pytest.mark.slow
def test_several_processes_train_the_saved_project(qtbot: QtBot, window: MainWindow, panel: TrainPanel) -> None:
    panel.form.change("processes", 2)
    failures: list[str] = []
    window.runner.failed.connect(failures.append)
    window.runner.run()
    assert ["Save the project first" in text for text in failures] == [True]
    window.menus.do("save_project")
    qtbot.waitUntil(lambda: not window.session.is_modified)
    with qtbot.waitSignal(window.runner.run_ended, timeout=90_000) as ended:
        window.runner.run()
        qtbot.waitUntil(lambda: window.runner.state == "running", timeout=60_000)
        window.runner.one_batch()
    assert ended.args[0].reason == "finished"
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    assert len(failures) == 1
    assert len(panel.curves.epochs["validation accuracy"]) == 2

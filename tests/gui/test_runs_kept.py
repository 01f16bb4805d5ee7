"""Which run is chosen survives a saving, and the run strip shows nothing of a run that is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.test_drawn_run import STEPS, choose, panel, shows, trained, window_of
from workbench.gui.insight.run_choice import RunChoice
from workbench.gui.training.panel import TrainPanel
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.training.run_data import RunData

__all__ = ["panel", "window_of"]  # fixtures


def untitle(qtbot: QtBot, window: MainWindow, *, runs: int) -> TrainPanel:
    """Makes the project one that was never saved, with runs of 1, 2, ... epochs."""
    path = window.session.path
    assert path is not None
    trained(path, *range(1, runs + 1))
    made = storage.runs_folder(path)
    window.files.show_new(storage.load(path), path)
    shutil.move(made, storage.runs_folder(window.session.run_path))
    assert panels_of(window).runs is not None
    panels_of(window).runs.refresh()
    panel = panels_of(window).train
    assert panel is not None
    window.menus.do("show_train")
    qtbot.waitUntil(lambda: shows(panel, f"run-{runs:03}", runs))
    return panel


@pytest.mark.parametrize(("runs", "row"), [(3, 1), (4, 3), (3, 2)])
def test_the_chosen_run_survives_the_first_saving(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, runs: int, row: int
) -> None:
    panel = untitle(qtbot, window, runs=runs)
    choose(qtbot, panel, row)
    name = f"run-{runs - row:03}"
    qtbot.waitUntil(lambda: shows(panel, name, runs - row))
    assert window.panels is not None
    choice = window.panels.look.header.runs
    choice.choose(name)
    with qtbot.waitSignal(window.session.runs_moved):
        assert window.files.save_to(tmp_path / "first.cnn")
    qtbot.waitUntil(lambda: not panels_of(window).runs._job.is_busy)
    assert panel.runs.selected == [name]
    assert shows(panel, name, runs - row)
    assert choice.run == name
    assert window.strip.status.text().startswith(name)


def test_a_run_that_gets_another_name_beside_the_file_stays_chosen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    panel = untitle(qtbot, window, runs=2)
    choose(qtbot, panel, 1)
    qtbot.waitUntil(lambda: shows(panel, "run-001", 1))
    assert window.panels is not None
    choice = window.panels.look.header.runs
    choice.choose("run-001")
    taken = storage.runs_folder(tmp_path / "taken.cnn") / "run-001"
    shutil.copytree(storage.runs_folder(window.session.run_path) / "run-002", taken)
    assert window.files.save_to(tmp_path / "taken.cnn")
    qtbot.waitUntil(lambda: panel.runs.selected == ["run-001-2"])
    assert shows(panel, "run-001-2", 1)
    assert choice.run == "run-001-2"
    assert choice.currentData() == "run-001-2"


def test_a_renamed_run_stays_chosen_in_look(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: shows(panel, "run-002", 3))
    assert window_of.panels is not None
    choice = window_of.panels.look.header.runs
    choice.choose("run-001")
    choose(qtbot, panel, 1)
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("first try", True))
    qtbot.waitUntil(panel.runs.buttons["rename"].isEnabled)
    panel.runs.buttons["rename"].click()
    assert choice.run == "first try"
    qtbot.waitUntil(lambda: choice.currentData() == "first try")


def test_rows_that_were_read_before_a_renaming_take_no_choice_away(qtbot: QtBot) -> None:
    choice = RunChoice()
    qtbot.addWidget(choice)
    rows = [{"run": name, "best": {"loss": 1.0}, "network": {}, "data": {}} for name in ("a", "b")]
    choice.show_runs(rows)
    choice.choose("b")
    choice.rename("b", "c")
    choice.show_runs(rows)
    assert choice.run == "c"
    choice.show_runs([rows[0], {**rows[1], "run": "c"}])
    assert choice.currentData() == "c"
    choice.show_runs(rows)  # another run was given the name that it had
    assert choice.run == "a"


def strip_shows(window: MainWindow, losses: int, share: float) -> bool:
    bar = window.strip.bar
    done = (bar.value() - bar.minimum()) / (bar.maximum() - bar.minimum())
    return len(window.strip.spark._values) == losses and done == pytest.approx(share, abs=0.01)


def test_bar_and_small_curve_are_of_the_run_that_is_chosen(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel
) -> None:
    for row, name, epochs in ((0, "run-002", 3), (1, "run-001", 1), (0, "run-002", 3)):
        choose(qtbot, panel, row)
        qtbot.waitUntil(lambda name=name, epochs=epochs: shows(panel, name, epochs))
        assert strip_shows(window_of, epochs * STEPS, 1.0)


def test_saved_under_another_name_the_strip_is_empty(
    qtbot: QtBot, window_of: MainWindow, panel: TrainPanel, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window_of.runner.run_ended, timeout=60_000):
        window_of.runner.run()
    qtbot.waitUntil(lambda: window_of.runner.state == "idle" and panel.runs.selected == ["run-003"])
    assert strip_shows(window_of, 2 * STEPS, 1.0)
    other = tmp_path / "other.cnn"
    assert window_of.session.path is not None
    kept = storage.runs_folder(window_of.session.path) / "run-002"
    shutil.copytree(kept, storage.runs_folder(other) / "run-003")  # of another project, under the same name
    assert window_of.files.save_to(other)
    assert strip_shows(window_of, 0, 0.0)
    assert panel.drawn.name == ""
    qtbot.waitUntil(lambda: shows(panel, "run-003", 3))
    assert strip_shows(window_of, 3 * STEPS, 1.0)


@pytest.mark.parametrize("is_trained_here", [True, False])
def test_when_the_only_run_is_deleted_the_strip_is_empty(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, is_trained_here: bool
) -> None:
    panel = panels_of(window).train
    assert panel is not None
    assert panels_of(window).runs is not None
    if is_trained_here:
        with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
            window.runner.run()
    else:
        assert window.session.path is not None
        trained(window.session.path, 2)
        panels_of(window).runs.refresh()
    qtbot.waitUntil(lambda: window.runner.state == "idle" and panel.runs.selected == ["run-001"])
    qtbot.waitUntil(lambda: strip_shows(window, 2 * STEPS, 1.0))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: Button.Discard)
    qtbot.waitUntil(panel.runs.buttons["delete"].isEnabled)
    panel.runs.buttons["delete"].click()
    qtbot.waitUntil(lambda: panel.drawn.name == "")
    assert strip_shows(window, 0, 0.0)


@pytest.mark.parametrize(("count", "most"), [(0, 10), (7, 10), (1000, 30)])
def test_an_outline_has_few_points_and_the_same_mean(count: int, most: int) -> None:
    data = RunData(10)
    for step in range(count):
        data.add_batch(step / 100, float(step % 5))
    outline = data.outline(most)
    assert len(outline) == min(count, most)
    if count:
        assert sum(outline) / len(outline) == pytest.approx(sum(step % 5 for step in range(count)) / count, rel=0.05)
        assert data.share_done() == pytest.approx((count - 1) / 1000)

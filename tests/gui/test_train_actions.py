"""Every action of the menus Train and Help is pressed once, and what it should have done is asserted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QDialog, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.action_page import Bench, Case, presses
from workbench.gui.window.commands import COMMANDS, MENUS
from workbench.gui.window.help import CommandSearch
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.training.run_folder import list_runs


@pytest.fixture
def bench(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A window on the small project, with the keyboard on its canvas."""
    window.canvas.setFocus()
    return Bench(qtbot, window, tmp_path, monkeypatch)


def run(bench: Bench) -> Case:
    yield
    bench.waits(lambda: not bench.window.runner.is_on and bool(bench.runs()))
    (row,) = list_runs(storage.runs_folder(bench.window.session.run_path))
    ending = row.ending()
    assert ending is not None
    assert ending["reason"] == "finished"


def pause(bench: Bench) -> Case:
    bench.trains(500)
    bench.window.runner.run()
    bench.waits(lambda: bench.window.strip.bar.value() > 2)
    yield
    bench.waits(lambda: bench.window.runner.state == "paused")
    bench.window.runner.stop()
    bench.waits(lambda: not bench.window.runner.is_on)


def one_batch(bench: Bench) -> Case:
    yield
    bench.waits(lambda: bench.window.runner.state == "paused")
    assert bench.window.strip.bar.value() == 1
    bench.window.runner.stop()
    bench.waits(lambda: not bench.window.runner.is_on)


def one_epoch(bench: Bench) -> Case:
    yield
    bench.waits(lambda: bench.window.runner.state == "paused")
    assert bench.window.strip.bar.value() > 1
    assert bench.window.strip.bar.value() < bench.window.strip.bar.maximum()
    bench.window.runner.stop()
    bench.waits(lambda: not bench.window.runner.is_on)


def stop(bench: Bench) -> Case:
    bench.trains(500)
    bench.window.runner.run()
    bench.waits(lambda: bench.window.strip.bar.value() > 2)
    yield
    bench.waits(lambda: not bench.window.runner.is_on)
    (row,) = list_runs(storage.runs_folder(bench.window.session.run_path))
    ending = row.ending()
    assert ending is not None
    assert ending["reason"] == "stopped"


def change_rate(bench: Bench) -> Case:
    bench.trains(500)
    bench.window.runner.run()
    bench.waits(lambda: bench.window.strip.bar.value() > 2)
    yield
    bench.waits(lambda: "learning rate is 0.02" in bench.said)
    bench.window.runner.stop()
    bench.waits(lambda: not bench.window.runner.is_on)


def continue_run(bench: Bench) -> Case:
    bench.window.runner.one_batch()
    bench.waits(lambda: bench.window.runner.state == "paused")
    bench.window.runner.stop()
    bench.waits(lambda: not bench.window.runner.is_on)
    yield
    bench.waits(lambda: not bench.window.runner.is_on)
    (row,) = list_runs(storage.runs_folder(bench.window.session.run_path))
    ending = row.ending()
    assert ending is not None
    assert ending["reason"] == "finished"


# Help


def search_commands(bench: Bench) -> Case:
    yield
    bench.closes(CommandSearch)


def show_help(bench: Bench) -> Case:
    bench.select("conv")
    yield
    dialog = bench.closes(QDialog)
    assert "Convolution" in dialog.windowTitle() + "".join(
        child.toPlainText() for child in dialog.findChildren(QWidget) if hasattr(child, "toPlainText")
    )


def show_keys(bench: Bench) -> Case:
    yield
    dialog = bench.closes(QDialog)
    assert dialog.findChildren(QTreeWidget)


def show_about(bench: Bench) -> Case:
    yield
    assert "About" in bench.closes(QDialog).windowTitle()


CASES: dict[str, Callable[[Bench], Case]] = {
    each.__name__: each
    for each in (
        run,
        pause,
        one_batch,
        one_epoch,
        stop,
        change_rate,
        continue_run,
        search_commands,
        show_help,
        show_keys,
        show_about,
    )
}


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if command.menu in ("Train", "Help")])
def test_the_action_does_what_it_says(bench: Bench, name: str) -> None:
    presses(bench, name, CASES)


def test_no_menu_is_forgotten() -> None:
    assert set(MENUS) == {"File", "Edit", "View", "Network", "Train", "Help"}

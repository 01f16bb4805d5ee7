"""Every action of the menus File and Edit is pressed once, and what it should have done is asserted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.action_page import Bench, Case, presses
from workbench.gui.window.commands import COMMANDS
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage


@pytest.fixture
def bench(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A window on the small project, with the keyboard on its canvas."""
    window.canvas.setFocus()
    return Bench(qtbot, window, tmp_path, monkeypatch)


def new_project(bench: Bench) -> Case:
    yield
    assert bench.told == ["New network"]


def import_network(bench: Bench) -> Case:
    yield
    assert bench.told == ["Import a network"]


def load_weights(bench: Bench) -> Case:
    bench.file = str(bench.folder / "none.pth")
    yield
    bench.waits(lambda: bool(bench.told))
    assert "none.pth: there is no such file." in bench.told[0]


def open_project(bench: Bench) -> Case:
    other = bench.folder / "other.cnn"
    bench.file = str(other)
    storage.save(bench.window.session.project, other)
    yield
    assert bench.window.session.path == other


def save_project(bench: Bench) -> Case:
    bench.window.tools.adder.add("ReLU")
    yield
    path = bench.window.session.path
    assert path is not None
    assert storage.load(path).graph == bench.window.session.graph


def save_project_as(bench: Bench) -> Case:
    bench.file = str(bench.folder / "again.cnn")
    yield
    assert storage.load(bench.folder / "again.cnn").graph == bench.window.session.graph
    assert bench.window.session.path == bench.folder / "again.cnn"


def offer_recovery(bench: Bench) -> Case:
    yield
    assert "no unsaved work" in bench.said


def export_network(bench: Bench) -> Case:
    yield
    assert bench.told == ["Export"]


def close(bench: Bench) -> Case:
    yield
    assert not bench.window.isVisible()


# Edit


def undo(bench: Bench) -> Case:
    before = bench.window.session.graph
    bench.window.tools.adder.add("ReLU")
    bench.qtbot.waitUntil(bench.window.menus.actions["undo"].isEnabled)
    yield
    assert bench.window.session.graph == before


def redo(bench: Bench) -> Case:
    bench.window.tools.adder.add("ReLU")
    after = bench.window.session.graph
    bench.window.menus.do("undo")
    bench.qtbot.waitUntil(bench.window.menus.actions["redo"].isEnabled)
    yield
    assert bench.window.session.graph == after


def cut_to_clipboard(bench: Bench) -> Case:
    bench.select("drop")
    yield
    assert "drop" not in bench.names
    assert bench.feeds("pool", "flatten")
    bench.window.scene.commands.paste()
    assert bench.selected == ["drop"]


def copy_selection(bench: Bench) -> Case:
    bench.select("drop", "pool")
    yield
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert '"Dropout"' in clipboard.text()
    assert {"drop", "pool"} <= bench.names


def paste(bench: Bench) -> Case:
    bench.select("conv", "bn")
    bench.window.scene.commands.copy_selection()
    yield
    assert bench.selected == ["conv2", "bn2"]
    assert bench.feeds("conv2", "bn2")
    assert not bench.feeds("image", "conv2")


def paste_with_inputs(bench: Bench) -> Case:
    bench.select("conv")
    bench.window.scene.commands.copy_selection()
    yield
    assert bench.selected == ["conv2"]
    assert bench.feeds("image", "conv2")


def duplicate_selection(bench: Bench) -> Case:
    bench.select("conv")
    yield
    assert bench.selected == ["conv2"]
    assert bench.undo_text == "Duplicate conv2"


def delete_selection(bench: Bench) -> Case:
    bench.select("relu")
    yield
    assert "relu" not in bench.names
    assert bench.feeds("bn", "pool")


def cut_selection(bench: Bench) -> Case:
    bench.select("relu")
    yield
    assert "relu" not in bench.names
    assert not bench.feeds("bn", "pool")


def select_all(bench: Bench) -> Case:
    bench.select()
    yield
    assert set(bench.selected) == bench.names


def find_node(bench: Bench) -> Case:
    yield
    line = bench.window.canvas.overlays.find
    assert line.isVisible()
    assert QApplication.focusWidget() is line.line


def show_settings(bench: Bench) -> Case:
    yield
    assert bench.told == ["Settings"]


CASES: dict[str, Callable[[Bench], Case]] = {
    each.__name__: each
    for each in (
        new_project,
        import_network,
        load_weights,
        open_project,
        save_project,
        save_project_as,
        offer_recovery,
        export_network,
        close,
        undo,
        redo,
        cut_to_clipboard,
        copy_selection,
        paste,
        paste_with_inputs,
        duplicate_selection,
        delete_selection,
        cut_selection,
        select_all,
        find_node,
        show_settings,
    )
}


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if command.menu in ("File", "Edit")])
def test_the_action_does_what_it_says(bench: Bench, name: str) -> None:
    presses(bench, name, CASES)


def test_recent_projects_open(bench: Bench) -> None:
    window, other = bench.window, bench.folder / "other.cnn"
    storage.save(window.session.project, other)
    window.files.open_file(other)
    first = next(bench.folder.glob("small.cnn"))
    window.files.open_file(first)
    (recent,) = [menu for menu in window.findChildren(QMenu) if menu.title() == "Open recent"]
    window.menus.fill_recent()
    action = next(each for each in recent.actions() if each.data() == str(other))
    recent.triggered.emit(action)
    assert window.session.path == other
    assert QPointF(window.canvas.network().center()) != QPointF()

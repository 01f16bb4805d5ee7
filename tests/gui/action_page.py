"""A window in which every action is pressed, and the answers that its dialogs get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import isgeneratorfunction
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from workbench.core.graph_edits import set_param
from workbench.editing.saved_blocks import FOLDER_VARIABLE
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.training.run_folder import list_runs

LONG = 60_000
Case = Iterator[None]  # sets the scene up to its one `yield`, and asserts the effect behind it


class Bench:
    """A window, what a person would look at in it, and the answers that dialogs get.

    Attributes:
        told: titles of the dialogs, and texts of the messages, that were opened and left at once.
        file: what every dialog for files answers.
        typed: what every dialog for a line of text answers.
        number: what every dialog for a number answers.
    """

    def __init__(self, qtbot: QtBot, window: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.window, self.folder = qtbot, window, folder
        self.told: list[str] = []
        self.file = ""
        self.typed, self.number = "0.02", 3
        answer = lambda *_: (self.file, "")  # noqa: E731 - one answer for three dialogs
        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (self.typed, True))
        monkeypatch.setattr(QInputDialog, "getInt", lambda *_, **__: (self.number, True))
        monkeypatch.setenv(FOLDER_VARIABLE, str(folder / "blocks"))
        monkeypatch.setattr(QDialog, "exec", lambda dialog: self._note(dialog))
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._note(box) or Button.Discard)

    def _note(self, dialog: QDialog) -> int:
        self.told.append(dialog.text() if isinstance(dialog, QMessageBox) else dialog.windowTitle())
        return 0

    def id(self, name: str) -> str:
        return self.window.session.graph.named(name).id

    def select(self, *names: str) -> None:
        self.window.session.select([self.id(name) for name in names])

    @property
    def names(self) -> set[str]:
        return set(self.window.session.graph.by_name)

    @property
    def said(self) -> str:
        """What the status bar says."""
        bar = self.window.statusBar()
        assert bar is not None
        return bar.currentMessage()

    @property
    def selected(self) -> list[str]:
        graph = self.window.session.graph
        return [graph.nodes[id_].name for id_ in self.window.session.selection]

    @property
    def undo_text(self) -> str:
        return self.window.session.undo_stack.undoText()

    def feeds(self, source: str, target: str) -> bool:
        """Whether a wire goes from one node to the other."""
        ends = (self.id(source), self.id(target))
        return any((edge.source.node, edge.target.node) == ends for edge in self.window.session.graph.edges)

    def closes(self, kind: type[QWidget]) -> QWidget:
        """Closes the one window of that kind that is open."""
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        assert len(found) == 1, [type(each).__name__ for each in found]
        found[0].close()
        return found[0]

    def spoils(self) -> None:
        """Gives the convolution a window that does not fit into its picture."""
        conv = self.window.session.graph.named("conv")
        self.window.scene.changes.do(set_param(conv, "kernel_size", 99))
        assert self.window.session.analysis.problems

    def waits(self, what: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(what, timeout=LONG)

    def trains(self, epochs: int) -> None:
        """Sets how many epochs a training has; the project is saved."""
        assert self.window.panels is not None
        self.window.panels.train.form.change("epochs", epochs)
        self.window.files.save_project()

    def runs(self) -> list[str]:
        return [run.name for run in list_runs(storage.runs_folder(self.window.session.run_path))]


def cases_of(names: Mapping[str, object]) -> dict[str, Callable[[Bench], Case]]:
    """The cases among what a module defines, by the names of the actions that they press."""
    return {
        name: each
        for name, each in names.items()
        if callable(each) and isgeneratorfunction(each) and not name.startswith("_")
    }


def presses(bench: Bench, name: str, cases: dict[str, Callable[[Bench], Case]]) -> None:
    """Sets the scene, triggers the action of that name, and lets its case assert what it did."""
    case = cases[name](bench)
    next(case)
    action = bench.window.menus.actions[name]
    assert action.isEnabled()
    action.trigger()
    assert next(case, "ended") == "ended"

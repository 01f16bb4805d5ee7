"""What the tests of the window share: an offscreen screen, small projects, and a look for what was left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.answers import Answers
from tests.gui.leftovers import nothing_left_behind
from tests.training import factories
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.document import Project


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


@pytest.fixture(autouse=True)
def widgets_kept(monkeypatch: pytest.MonkeyPatch, nothing_left: None) -> Iterator[None]:
    """Keeps the widgets of a test until they are closed.

    The plugin holds them weakly, and a window of which a local name was the last one is freed by Python's collector
    whenever that runs, such as while the window is painted after the test.
    """
    kept: list[QWidget] = []
    add = QtBot.addWidget

    def added(self: QtBot, widget: QWidget, **arguments: Any) -> None:
        kept.append(widget)
        add(self, widget, **arguments)

    monkeypatch.setattr(QtBot, "addWidget", added)
    yield
    kept.clear()


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that leaves a thread, a running timer or a window."""
    with nothing_left_behind(qapp, monkeypatch):
        yield


def small_project(folder: Path) -> Path:
    """A project of 8x8 pictures that trains in a moment."""
    data = factories.dataset(48)
    arrays = {f"{key}_{split}": data.splits[split][name]
              for split in ("train", "test") for key, name in (("x", "image"), ("y", "label"))}  # fmt: skip
    np.savez(folder / "small.npz", **arrays)
    settings: dict[str, Json] = {"source": "npz", "options": {"path": "small.npz"}, "batch_size": 8}
    graph = factories.graph()
    target = graph.named("label")
    classes = {**target.params, "classes": ["0", "1", "2"]}
    graph = graph.with_node(replace(target, params=classes))
    project = Project("test", graph, settings, {"epochs": 2, "lr": 0.01})
    storage.save(project, folder / "small.cnn")
    return folder / "small.cnn"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session on the small project."""
    path = small_project(tmp_path)
    return Session(storage.load(path), path)


def end_unasked(window: MainWindow) -> None:
    """A test that has failed must not wait for an answer."""
    window._is_ending = True


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    """A whole window on the small project."""
    made = MainWindow(session, theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "state")
    qtbot.addWidget(made, before_close_func=end_unasked)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(made.isActiveWindow)
    made.canvas.fit()
    made.load_rest()
    return made

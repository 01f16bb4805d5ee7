"""Exports from the File menu: files that are what they say, and sentences where they cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.runs import new_job
from workbench.training.engine import train


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dialogs have told."""
    found: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: found.append(box.text()))
    return found


def picks(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))


def said(window: MainWindow) -> str:
    bar = window.statusBar()
    assert bar is not None
    return bar.currentMessage()


def test_python_code_runs_without_the_program(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = window.session.path
    assert path is not None
    list(train(new_job(storage.load(path), path)))
    (tmp_path / "out").mkdir()
    picks(monkeypatch, tmp_path / "out" / "net")
    window.menus.do("export_python")
    qtbot.waitUntil(lambda: "with the weights of run-001" in said(window), timeout=30_000)
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["net.py", "net.safetensors"]
    code = "import net, inspect; print([n for n, c in inspect.getmembers(net, inspect.isclass)])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "out", capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


def test_the_weights_that_look_shows_are_exported(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, look = window.session.path, panels_of(window).look
    assert path is not None
    assert look is not None
    for _ in range(2):
        list(train(new_job(storage.load(path), path)))
    look.show_run("run-001")
    picks(monkeypatch, tmp_path / "net.py")
    window.menus.do("export_python")
    qtbot.waitUntil(lambda: "with the weights of run-001" in said(window), timeout=30_000)


def test_without_weights_it_is_said(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    picks(monkeypatch, tmp_path / "net.py")
    window.menus.do("export_python")
    qtbot.waitUntil(lambda: bool(said(window)) and "written" in said(window), timeout=30_000)
    assert said(window).endswith("with first random weights. The network is not trained yet.")
    assert told == []


@pytest.mark.parametrize(("name", "kind", "written"), [
    ("net.svg", "", "net.svg"), ("net", "Drawing (*.svg)", "net.svg"), ("net", "Picture (*.png)", "net.png"),
    ("net.png", "Drawing (*.svg)", "net.png"),
])  # fmt: skip
def test_the_canvas_becomes_a_picture(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, written: str
) -> None:
    node = window.session.graph.named("conv").id
    window.session.select([node])
    picks(monkeypatch, tmp_path / name, kind)
    window.menus.do("export_picture")
    assert window.session.selection == [node]
    assert said(window) == f"{written} written."
    if written.endswith(".svg"):
        text = (tmp_path / written).read_text()
        assert text.startswith("<?xml")
        assert "conv" in text
    else:
        with Image.open(tmp_path / written) as image:
            assert image.width > 1000
            assert len(image.convert("RGB").getcolors(1_000_000) or []) > 10


def test_a_place_that_cannot_be_written_is_said(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    picks(monkeypatch, tmp_path / "gone" / "net.svg")
    window.menus.do("export_picture")
    assert "folder does not exist" in told[0]


def test_nothing_is_asked_where_the_dialog_is_left(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    before: Any = window.session.selection
    window.menus.do("export_picture")
    window.menus.do("export_python")
    assert not window.exports._job.is_busy
    assert window.session.selection == before


@pytest.mark.parametrize(
    ("action", "picked", "there", "asked"),
    [
        ("export_python", "net.py", ["net.safetensors"], "Replace net.safetensors?"),
        ("export_python", "net", ["net.py", "net.safetensors"], "Replace net.py and net.safetensors?"),
        ("export_safetensors", "net", ["net.safetensors"], "Replace net.safetensors?"),
        ("export_picture", "net", ["net.svg"], "Replace net.svg?"),
        ("export_python", "net.py", ["net.py", "net.safetensors"], ""),  # the dialog for files has asked that
        ("export_safetensors", "net.safetensors", ["net.py"], ""),
    ],
)
@pytest.mark.parametrize("answer", [Button.Discard, Button.Cancel])
def test_nothing_is_replaced_unasked(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    picked: str,
    there: list[str],
    asked: str,
    answer: Button,
) -> None:
    found: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: found.append(box.text()) or answer)
    for name in there:
        (tmp_path / name).write_text("of somebody")
    picks(monkeypatch, tmp_path / picked)
    window.menus.do(action)
    assert found == ([asked] if asked else [])
    if asked and answer == Button.Cancel:
        assert not window.exports._job.is_busy
        assert all((tmp_path / name).read_text() == "of somebody" for name in there)
    else:
        qtbot.waitUntil(lambda: "written" in said(window), timeout=30_000)


def test_what_is_switched_on_is_marked_in_the_menu(window: MainWindow) -> None:
    dark, minimap = window.menus.actions["toggle_theme"], window.menus.actions["toggle_minimap"]
    view = window.menus.menus["View"]
    view.aboutToShow.emit()
    assert dark.isChecked()
    was = minimap.isChecked()
    window.menus.do("toggle_theme")
    window.menus.do("toggle_minimap")
    view.aboutToShow.emit()
    assert not dark.isChecked()
    assert minimap.isChecked() != was
    headings = [action.text() for action in view.actions() if action.isSeparator() and action.text()]
    assert headings == ["Workspaces", "Look", "Canvas", "Window", "Panels"]

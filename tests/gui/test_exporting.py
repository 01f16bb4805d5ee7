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
from workbench.core.graph_edits import set_param
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.export_dialog import ExportDialog
from workbench.gui.window.main_window import MainWindow
from workbench.model.exports.spec import REGISTRY as EXPORTERS
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
    window.exports.export("python")
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
    window.exports.export("python")
    qtbot.waitUntil(lambda: "with the weights of run-001" in said(window), timeout=30_000)


def test_without_weights_it_is_said(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    picks(monkeypatch, tmp_path / "net.py")
    window.exports.export("python")
    qtbot.waitUntil(lambda: bool(said(window)) and "written" in said(window), timeout=30_000)
    assert said(window).endswith("with first random weights. The network is not trained yet.")
    assert told == []


@pytest.mark.parametrize(
    ("name", "written"),
    [("net.svg", "net.svg"), ("net", "net.svg"), ("net.png", "net.png"), ("net", "net.png"), ("net", "net.pdf")],
)
def test_the_canvas_becomes_a_picture(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    node = window.session.graph.named("conv").id
    window.session.select([node])
    picks(monkeypatch, tmp_path / name)
    window.exports.export(written.rpartition(".")[2])
    assert window.session.selection == [node]
    assert said(window) == f"{written} written."
    if written.endswith(".svg"):
        text = (tmp_path / written).read_text()
        assert text.startswith("<?xml")
        assert "conv" in text
    elif written.endswith(".pdf"):
        assert (tmp_path / written).read_bytes().startswith(b"%PDF-")
    else:
        with Image.open(tmp_path / written) as image:
            assert image.width > 1000
            assert len(image.convert("RGB").getcolors(1_000_000) or []) > 10


def test_a_place_that_cannot_be_written_is_said(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    picks(monkeypatch, tmp_path / "gone" / "net.svg")
    window.exports.export("svg")
    assert "folder does not exist" in told[0]


def test_nothing_is_asked_where_the_dialog_is_left(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    before: Any = window.session.selection
    window.exports.export("svg")
    window.exports.export("python")
    assert not window.exports._job.is_busy
    assert window.session.selection == before


@pytest.mark.parametrize(
    ("action", "picked", "there", "asked"),
    [
        ("python", "net.py", ["net.safetensors"], "Replace net.safetensors?"),
        ("python", "net", ["net.py", "net.safetensors"], "Replace net.py and net.safetensors?"),
        ("safetensors", "net", ["net.safetensors"], "Replace net.safetensors?"),
        ("svg", "net", ["net.svg"], "Replace net.svg?"),
        ("python", "net.py", ["net.py", "net.safetensors"], ""),  # the dialog for files has asked that
        ("safetensors", "net.safetensors", ["net.py"], ""),
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
    window.exports.export(action)
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


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_export_has_a_preview(window: MainWindow, qtbot: QtBot, name: str) -> None:
    dialog = ExportDialog(window.session, window.exports.paint, window)
    qtbot.addWidget(dialog)
    dialog.choose(name)
    cls = EXPORTERS[name]
    assert list(dialog.boxes) == [option.name for option in cls.options]
    if cls.is_picture:
        assert dialog.picture.pixmap().width() > 100
    else:
        assert len(dialog.text.toPlainText()) > 50


def test_an_option_changes_the_preview_and_is_handed_on(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ExportDialog(window.session, window.exports.paint, window)
    qtbot.addWidget(dialog)
    dialog.choose("dot")
    assert "rankdir=LR" in dialog.text.toPlainText()
    dialog.boxes["direction"].setCurrentText("top to bottom")
    assert "rankdir=TB" in dialog.text.toPlainText()
    assert (dialog.chosen, dialog.options) == ("dot", {"direction": "top to bottom"})


def test_a_network_with_problems_has_a_sentence_in_place_of_a_preview(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.push(set_param(session.graph.named("conv"), "stride", 0))
    dialog = ExportDialog(session, window.exports.paint, window)
    qtbot.addWidget(dialog)
    dialog.choose("python")
    assert "conv: stride must be" in dialog.text.toPlainText()
    dialog.choose("onnx")
    assert dialog.text.toPlainText() == "The network has problems, so it cannot be written yet."

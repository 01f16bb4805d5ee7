"""Dialogs and drops go by what the sources declare: files of data become data, pictures are all kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.data.test_idx_found import write as write_idx
from workbench.data.spec import REGISTRY
from workbench.gui.data.path_field import PathField
from workbench.gui.insight.entry import PictureEntry
from workbench.gui.widgets import theme
from workbench.gui.widgets.message_boxes import Button
from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.new_dialog import NewDialog
from workbench.project.probes import PictureProbe

READING = [cls for _, cls in REGISTRY.items() if cls.reads is not None]


def said(window: MainWindow) -> str:
    bar = window.statusBar()
    assert bar is not None
    return bar.currentMessage()


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.drops.drop(
        QDropEvent(
            QPointF(50, 50),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system's dialogs were asked for: patterns of files, or `folder`."""
    found: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *words: (found.append(words[3]), ("/x/a", ""))[1])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *words: (found.append("folder"), "/x/b")[1])
    return found


@pytest.mark.parametrize("cls", READING, ids=lambda cls: cls.name)
def test_browse_offers_what_the_source_reads(qtbot: QtBot, asked: list[str], cls: type) -> None:
    reads = REGISTRY[cls.name].reads  # type: ignore[attr-defined]
    assert reads is not None
    field = PathField()
    qtbot.addWidget(field)
    field.show()
    field.show_source(REGISTRY[cls.name])  # type: ignore[attr-defined]
    qtbot.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    if reads.what == "folder":
        assert (asked, field.line.text()) == (["folder"], "/x/b")
    else:
        assert all(pattern in asked[0] for pattern in reads.patterns)
        assert field.line.text() == "/x/a"
    assert field.browse_folder.isVisible() == (reads.what == "either")
    if reads.what == "either":
        qtbot.mouseClick(field.browse_folder, Qt.MouseButton.LeftButton)
        assert field.line.text() == "/x/b"
    assert field.line.placeholderText().startswith(reads.hint)


def test_a_source_without_a_path_has_no_line(qtbot: QtBot) -> None:
    field = PathField()
    qtbot.addWidget(field)
    field.show()
    for cls in (REGISTRY["digits"], None):
        field.show_source(REGISTRY["npz"])
        assert field.isVisible()
        field.show_source(cls)
        assert not field.isVisible()


def test_both_dialogs_have_the_same_line(qtbot: QtBot, window: MainWindow, asked: list[str]) -> None:
    dialog = NewDialog(theme.DARK, "poses:/y/faces.npz")
    qtbot.addWidget(dialog)
    assert dialog.path.text() == "/y/faces.npz"
    dialog.place.ask()
    assert window.panels is not None
    form = window.panels.data.source
    form.source.setCurrentIndex(form.source.findData("poses"))
    form.place.ask()
    assert len(asked) == 2
    assert asked[0] == asked[1]
    assert form._options == {"path": "/x/a"}


@pytest.mark.parametrize("name", ["more.npz", "pictures.npy"])
def test_a_file_of_arrays_becomes_data_and_undo_takes_it_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str
) -> None:
    before = window.session.project
    path = tmp_path / name
    if path.suffix == ".npy":
        np.save(path, np.full((4, 8, 8), 99, np.uint8))
    else:
        shutil.copy(tmp_path / "small.npz", path)
    drop(window, path)
    qtbot.waitUntil(lambda: window.session.project is not before)
    assert window.session.project.data["source"] == "npz"
    assert window.session.project.data["options"] == {"path": name}
    assert said(window) == f"{name} is the data of this network now; undo takes it back."
    window.menus.do("undo")
    assert window.session.project == before


def test_a_source_that_reads_the_file_too_stays(window: MainWindow, tmp_path: Path) -> None:
    window.projects.use_data("poses", {"path": "small.npz"})
    shutil.copy(tmp_path / "small.npz", tmp_path / "turns.npz")
    window.drops.take(tmp_path / "turns.npz")
    assert window.session.project.data["source"] == "poses"


@pytest.mark.parametrize("below", [".", "raw"])
def test_a_folder_of_idx_files_is_known(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, below: str
) -> None:
    write_idx(tmp_path / "letters" / below)
    asked: list[str] = []

    def answer(box: QMessageBox) -> Button:
        asked.append(box.informativeText())
        return Button.No

    monkeypatch.setattr(QMessageBox, "exec", answer)
    window.drops.take(tmp_path / "letters")
    assert window.session.project.data["source"] == "idx"
    assert asked == ["It will be read as: IDX files (MNIST and its like)."]


def test_all_pictures_that_are_dropped_are_kept(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(4)]
    for name in names:
        Image.new("L", (8, 8), 99).save(tmp_path / name)
    drop(window, *(tmp_path / name for name in names))
    qtbot.waitUntil(lambda: len(window.session.project.probes) == 4)
    assert [probe["picture"] for probe in window.session.project.probes] == names
    assert window.session.probe == PictureProbe(tmp_path / names[-1])
    assert said(window) == "4 pictures are kept with the project; 3.png is looked at."
    window.menus.do("undo")
    assert window.session.project.probes == ()


def test_of_a_mixture_one_is_taken_and_that_is_said(window: MainWindow, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "small.npz", tmp_path / "b.npz")
    window.drops.take(tmp_path / "b.npz", tmp_path / "a.png")
    assert said(window).startswith("b.npz was taken. Drop the others one by one")


def test_what_cannot_be_dropped_is_told_what_can(window: MainWindow, tmp_path: Path) -> None:
    window.drops.take(tmp_path / "notes.pdf")
    before, _, kinds = said(window).partition(" data (")
    assert before == (
        "notes.pdf cannot be dropped here; projects, networks (.keras, .h5, .hdf5, .onnx, .pt2, .py), weights, "
        "pictures, folders and"
    )
    assert kinds.endswith(") can.")
    assert {".npy", ".npz"} <= set(kinds.removesuffix(") can.").split(", "))


@pytest.mark.parametrize("name", ["bild\udce4.png", "daten\udcff.npz"])
def test_a_name_that_is_no_text_is_refused_at_the_door(window: MainWindow, tmp_path: Path, name: str) -> None:
    before = window.session.project
    window.drops.take(tmp_path / name)
    assert "is not UTF-8 text, so no project can hold it. Rename it." in said(window)
    assert window.session.project is before


@pytest.mark.parametrize("count", [1, 2])
def test_the_look_panel_leaves_several_files_to_the_window(window: MainWindow, tmp_path: Path, count: int) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / f"{number}.png")) for number in range(count)])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    assert window.panels is not None
    entry = window.panels.look.findChild(PictureEntry)
    assert entry is not None
    assert entry.eventFilter(window.panels.look, event)
    assert event.isAccepted() == (count == 1)


def test_what_may_be_a_file_or_a_folder_is_looked_for_as_what_it_was(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (asked.append("file"), ("", ""))[1])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: (asked.append("folder"), "")[1])
    field = PathField()
    qtbot.addWidget(field)
    field.show_source(REGISTRY["ratings"])
    for line in ("", "data/ml-latest-small", "data/ratings.csv"):
        field.line.setText(line)
        field.ask()
    assert asked == ["file", "folder", "file"]
    field.line.setText("data/ml-latest-small")
    field.browse.click()
    field.browse_folder.click()
    assert asked[3:] == ["file", "folder"], "whoever says which of the two gets it"

"""The probe: browsing samples, opening, dropping and pasting pictures, drawing; what is kept and what is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QColor, QDropEvent, QImage
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from workbench.core.graph_edits import set_param
from workbench.gui.document.session import Session
from workbench.gui.insight.entry import PictureEntry
from workbench.gui.insight.panel import LookPanel
from workbench.gui.insight.probe_side import DRAW, NO_PICTURE, PICTURE, SAMPLE
from workbench.gui.widgets import theme
from workbench.gui.widgets.labels import plain_tip
from workbench.project import storage
from workbench.project.probes import DrawnProbe, PictureProbe, SampleProbe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> Iterator[LookPanel]:
    """The panel on the small project, shown."""
    assert session.path is not None
    path = session.path
    made = LookPanel(session, theme.DARK, lambda: path)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.shut_down()


def press(qtbot: QtBot, panel: LookPanel, way: int) -> None:
    button = panel.probe.ways.button(way)
    assert button is not None
    qtbot.mouseClick(button, LEFT)


def stroke(qtbot: QtBot, panel: LookPanel, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws a line with the mouse, between places in input pixels."""
    pad = panel.probe.pad
    rect = pad.paper_rect()
    zoom = rect.width() / pad.shape[2]
    places = [QPoint(int(rect.left() + x * zoom), int(rect.top() + y * zoom)) for x, y in (start, end)]
    qtbot.mousePress(pad, LEFT, pos=places[0])
    qtbot.mouseMove(pad, places[1])
    qtbot.mouseRelease(pad, LEFT, pos=places[1])


def test_samples_are_browsed_and_not_kept(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    sample = panel.probe.sample
    qtbot.waitUntil(lambda: sample.number.maximum() == 14, timeout=20_000)
    qtbot.mouseClick(sample.next, LEFT)
    assert session.probe == SampleProbe("test", 1)
    qtbot.mouseClick(sample.previous, LEFT)
    qtbot.mouseClick(sample.previous, LEFT)
    assert session.probe == SampleProbe("test", 14)  # round the corner
    qtbot.keyClicks(sample.split, "train")
    assert session.probe == SampleProbe("train", 14)
    assert session.project.probes == ()
    assert not session.is_modified
    qtbot.waitUntil(lambda: panel.probe.input.caption.startswith("train:14 is "), timeout=20_000)
    assert dict(panel.probe.bars.rows).keys() == {"0", "1", "2"}


def test_a_sample_that_is_not_there_is_told(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    session.look_at(SampleProbe("test", 99))
    qtbot.waitUntil(lambda: 'no sample "test:99"' in panel.header.problem, timeout=20_000)
    session.look_at(SampleProbe("test", 1))
    qtbot.waitUntil(lambda: panel.header.problem == "", timeout=20_000)


def test_a_stroke_is_seen_at_once_and_kept_as_one_step(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    press(qtbot, panel, 2)
    assert isinstance(session.probe, DrawnProbe)
    seen: list[object] = []
    session.probe_changed.connect(lambda: seen.append(session.project.probes))
    stroke(qtbot, panel, (1, 4), (7, 4))
    assert () in seen  # before the mouse was released
    assert session.undo_stack.count() == 1
    first = session.probe
    assert first.pixels[0, 4].min() > 50
    stroke(qtbot, panel, (4, 1), (4, 7))
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.probe == first
    assert np.array_equal(panel.probe.pad.pixels(), first.pixels)
    session.undo_stack.undo()
    assert session.probe == SampleProbe()
    assert not panel.probe.pad.has_ink
    session.undo_stack.redo()
    assert session.probe == first
    assert panel.probe.ways.checkedId() == 2
    qtbot.waitUntil(lambda: panel.probe.input.caption == "a drawing", timeout=20_000)


def test_a_kept_drawing_is_there_again(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    press(qtbot, panel, 2)
    stroke(qtbot, panel, (1, 4), (7, 4))
    assert session.path is not None
    session.save(session.path)
    again = Session(storage.load(session.path), session.path)
    assert again.probe == session.probe


def test_delete_clears_the_pad_and_no_node(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    press(qtbot, panel, 2)
    stroke(qtbot, panel, (1, 4), (7, 4))
    qtbot.keyClick(panel.probe.pad, Qt.Key.Key_Delete)
    assert not panel.probe.pad.has_ink
    assert session.undo_stack.count() == 2
    qtbot.keyPress(panel.probe.pad, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyPress(panel.probe.pad, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyRelease(panel.probe.pad, Qt.Key.Key_Shift)
    assert panel.probe.pad.has_ink
    assert session.undo_stack.count() == 3
    qtbot.mouseClick(panel.probe.draw.clear, LEFT)
    assert not panel.probe.pad.has_ink


def test_centring_is_part_of_the_drawing(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    press(qtbot, panel, 2)
    stroke(qtbot, panel, (1, 1), (7, 1))
    assert session.probe == DrawnProbe.of(panel.probe.pad.pixels())
    panel.probe.draw.centre.click()
    assert session.probe == DrawnProbe.of(panel.probe.pad.pixels(), is_centred=True)
    session.undo_stack.undo()
    assert not panel.probe.draw.centre.isChecked()


def test_a_dropped_picture_is_kept(qtbot: QtBot, panel: LookPanel, session: Session, tmp_path: Path) -> None:
    Image.fromarray(np.full((20, 20), 90, np.uint8)).save(tmp_path / "grey.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "grey.png"))])
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    entry = panel.findChild(PictureEntry)
    assert entry is not None
    assert entry.eventFilter(panel, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, *none))
    qtbot.waitUntil(lambda: session.probe == PictureProbe(tmp_path / "grey.png"), timeout=20_000)
    assert session.project.probes == ({"picture": "grey.png"},)
    assert panel.probe.ways.checkedId() == 1
    qtbot.waitUntil(lambda: panel.probe.input.caption == "grey.png", timeout=20_000)
    session.undo_stack.undo()
    assert session.probe == SampleProbe()


def test_what_is_no_picture_is_told(
    qtbot: QtBot, panel: LookPanel, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: panel.header.note != "", timeout=20_000)
    (tmp_path / "note.txt").write_text("hello")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "note.txt"), ""))
    press(qtbot, panel, 1)
    qtbot.mouseClick(panel.probe.picture.open, LEFT)
    assert "note.txt" in panel.header.problem
    assert session.probe == SampleProbe()
    assert session.project.probes == ()


def test_a_pasted_picture_becomes_a_drawing(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(QColor(255, 255, 255))
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setImage(image)
    qtbot.keyClick(panel.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert session.probe == DrawnProbe.of(np.full((1, 8, 8), 255, np.uint8))
    assert len(session.project.probes) == 1
    clipboard.clear()
    qtbot.mouseClick(panel.probe.picture.paste, LEFT)
    assert "no picture to paste" in panel.header.problem


def test_a_missing_picture_of_the_document_is_told_with_its_path(qtbot: QtBot, session: Session) -> None:
    assert session.path is not None
    path = session.path
    gone = replace(session.project, probes=({"picture": "gone.png"},))
    again = Session(gone, path)
    panel = LookPanel(again, theme.DARK, lambda: path)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: "gone.png: there is no such file" in panel.header.problem, timeout=20_000)
    panel.shut_down()


def test_a_wrong_probe_of_the_document_is_told(qtbot: QtBot, session: Session) -> None:
    again = Session(replace(session.project, probes=({"picture": 3},)), session.path)
    assert again.probe == SampleProbe()
    assert "Probe 1 of the project is passed over" in again.probe_notes[0]


def test_without_data_one_can_still_draw(qtbot: QtBot, session: Session) -> None:
    assert session.path is not None
    path = session.path
    data = {"source": "npz", "options": {"path": "gone.npz"}}
    panel = LookPanel(Session(replace(session.project, data=data), path), theme.LIGHT, lambda: path)
    qtbot.addWidget(panel)
    panel.resize(1200, 400)
    panel.show()
    qtbot.waitUntil(lambda: "gone.npz" in panel.header.problem, timeout=20_000)
    press(qtbot, panel, 2)
    stroke(qtbot, panel, (1, 4), (7, 4))
    qtbot.waitUntil(lambda: panel.header.problem == "" and len(panel.probe.bars.rows) == 3, timeout=20_000)
    panel.shut_down()


@pytest.mark.parametrize("resize", ["crop", "stretch", "pad"])
def test_pasted_pixels_come_to_their_size_as_the_data_does(resize: str) -> None:
    from PyQt6.QtCore import QMimeData

    from workbench.data.pictures import fit
    from workbench.data.sources.folder import PictureFolder
    from workbench.gui.insight.probe_from_mime import pixels_of, probe_of

    image = QImage(20, 10, QImage.Format.Format_RGB888)
    image.fill(QColor(10, 200, 30))
    image.setPixelColor(0, 0, QColor(255, 0, 0))
    mime = QMimeData()
    mime.setImageData(image)
    probe = probe_of(mime, (3, 8, 8), PictureFolder(path="x", resize=resize))
    assert isinstance(probe, DrawnProbe)
    assert np.array_equal(probe.pixels, fit(pixels_of(image), 3, 8, 8, resize))


@pytest.mark.parametrize("is_drawn", [False, True])
def test_picture_without_one_says_what_is_shown_until_there_is_one(
    qtbot: QtBot, panel: LookPanel, session: Session, is_drawn: bool
) -> None:
    probe = DrawnProbe.of(np.full((1, 8, 8), 200, np.uint8)) if is_drawn else SampleProbe("test", 3)
    session.look_at(probe)
    qtbot.waitUntil(lambda: panel.probe.input.image is not None, timeout=20_000)
    panel.probe.say("wrong 1 of 26")
    press(qtbot, panel, PICTURE)
    assert panel.probe.input.image is not None
    what = "the drawing" if is_drawn else "test:3"
    words = f"Drop a picture here, open or paste one. Until then {what} is shown."
    assert panel.probe._said.toolTip() == words or panel.probe._said.text() == words
    press(qtbot, panel, SAMPLE)
    assert panel.probe._said.isHidden()


def test_a_network_that_takes_no_picture_is_offered_none(qtbot: QtBot, panel: LookPanel, session: Session) -> None:
    ways = [panel.probe.ways.button(number) for number in (SAMPLE, PICTURE, DRAW)]
    assert all(way is not None and way.isEnabled() for way in ways)
    image = next(node for node in session.graph if node.layer == "Input")
    session.push(set_param(image, "shape", [1, 150]))
    assert [way is not None and way.isEnabled() for way in ways] == [True, False, False]
    assert all(way is not None and way.toolTip() == plain_tip(NO_PICTURE) for way in ways[1:])
    session.undo_stack.undo()
    assert all(way is not None and way.isEnabled() for way in ways)

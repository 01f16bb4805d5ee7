"""Frames and notes where they are seen: at every zoom, in the minimap, in pictures, in either theme; and found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from tests.gui.frame_page import framed, noted
from workbench.core.frames import COLOURS
from workbench.editing.finding import frames_found
from workbench.gui.editor import painting
from workbench.gui.widgets import theme
from workbench.gui.widgets.theme import FRAMES, NO_COLOUR, STRIP_TINT, TINT, Theme
from workbench.gui.window.exporting import Exports


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    made = Canvas(qtbot, drawn("lenet5"))
    made.scene.commands.pointer = lambda: None
    return made


def mixed(above: QColor, below: QColor, share: float) -> QColor:
    channels = zip(above.getRgb()[:3], below.getRgb()[:3], strict=True)
    return QColor(*(round(share * a + (1 - share) * b) for a, b in channels))


def contrast(one: QColor, other: QColor) -> float:
    """As WCAG has it."""

    def light(colour: QColor) -> float:
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3] if c is not None
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("name", ["", *COLOURS])
def test_every_colour_can_be_seen_and_read_on(colours: Theme, name: str) -> None:
    assert set(FRAMES) == set(COLOURS)
    colour, canvas, text = QColor(FRAMES.get(name, NO_COLOUR)), QColor(colours.canvas), QColor(colours.text)
    body = mixed(colour, canvas, TINT)
    assert contrast(colour, canvas) >= 3
    assert contrast(text, body) >= 4.5
    assert contrast(text, mixed(colour, body, STRIP_TINT)) >= 4.5
    assert contrast(QColor(colours.faint), body) >= 4.5


def texts_at(canvas: Canvas, zoom: float, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What is written on the canvas at a zoom, and how many points high it is on the screen."""
    found: dict[str, float] = {}
    draw = QPainter.drawText

    def drawn_text(painter: QPainter, *arguments: object) -> object:
        found[str(arguments[-1])] = painter.font().pointSizeF() * zoom
        return draw(painter, *arguments)  # type: ignore[call-overload]

    canvas.view.resetTransform()
    canvas.view.scale(zoom, zoom)
    canvas.view.centerOn(canvas.scene.bounds().center())
    with monkeypatch.context() as patch:
        patch.setattr(QPainter, "drawText", drawn_text)
        canvas.view.grab()
    return found


@pytest.mark.parametrize(("zoom", "least"), [(1.0, 9.5), (0.5, 7.0), (0.35, 5.0), (0.2, 6.0), (0.12, 6.0)])
def test_a_title_is_read_at_every_zoom(
    canvas: Canvas, zoom: float, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    framed(canvas, "conv1", "relu1", "pool1", title="Stem")
    assert texts_at(canvas, zoom, monkeypatch)["Stem"] >= least


def test_a_title_is_shortened_and_a_text_wrapped_to_its_room(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    framed(canvas, "relu1", title="A title that is longer than the frame round one node")
    item = noted(canvas, QPointF(300, -160), " ".join(f"word{i}" for i in range(200)))
    texts = list(texts_at(canvas, 1.0, monkeypatch))
    assert any(text.startswith("A title that") and text.endswith("…") for text in texts)
    lines = [text for text in texts if text.startswith("word")]
    assert len(lines) == int(item.text_rect().height() / painting.QFontMetricsF(painting.font(8.5)).lineSpacing())
    assert lines[-1].endswith("…")


@pytest.mark.parametrize(("text", "lines"), [
    ("one\n\ntwo", ("one", "", "two")), ("word " * 3, ("word word word",)), ("x" * 80, None), ("", ("",)),
    ("\U0001f600 " * 30, None), ("\U0001f600\U0001f600 ab", ("\U0001f600\U0001f600 ab",)),
])  # fmt: skip
def test_text_is_broken_between_words_and_anywhere_else_where_it_must(
    qtbot: QtBot, text: str, lines: tuple[str, ...] | None
) -> None:
    found = painting.wrapped(text, 8.5, 200, 400)
    metrics = painting.QFontMetricsF(painting.font(8.5))
    assert all(metrics.horizontalAdvance(line) <= 201 for line in found)
    assert "".join(found).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert lines is None or found == lines
    assert painting.wrapped(text, 8.5, 200, 3) == ()


def test_showing_everything_shows_frames_and_notes(canvas: Canvas) -> None:
    item = noted(canvas, QPointF(-900, -700), "far away")
    canvas.view.fit()
    assert canvas.view.seen().contains(item.scene_box())


def test_the_minimap_has_frames_in_their_colours(canvas: Canvas) -> None:
    item = framed(canvas, "conv1", "relu1", "pool1")
    canvas.view.framing.colour("violet")
    canvas.view.overlays.toggle_minimap()
    minimap = canvas.view.overlays.minimap
    if not minimap.isVisible():
        canvas.view.overlays.toggle_minimap()
    area = minimap._area()
    scale = minimap._scale(area)
    place = item.scene_box().topLeft() + QPointF(item.rect().width() / 2, 20)
    at = place * scale + minimap._offset(area, scale)
    pixel = minimap.grab().toImage().pixelColor(at.toPoint())
    wanted = mixed(QColor(FRAMES["violet"]), QColor(canvas.scene.theme.panel), 0.35)
    assert max(abs(a - b) for a, b in zip(pixel.getRgb(), wanted.getRgb(), strict=True)) < 12


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_pictures_of_the_network_hold_them_and_mark_nothing(canvas: Canvas, tmp_path: Path, suffix: str) -> None:
    plain, framed_, chosen = (tmp_path / f"{name}{suffix}" for name in ("plain", "framed", "chosen"))
    exports = Exports(canvas.session, canvas.scene, canvas.view)
    exports.write(suffix[1:], plain)
    item = framed(canvas, "conv1", "relu1", title="Stem")
    note = noted(canvas, QPointF(-700, -500), "left of everything")
    canvas.scene.clearSelection()
    exports.write(suffix[1:], framed_)
    canvas.scene.frames.choose([item.id, note.id])
    exports.write(suffix[1:], chosen)
    assert canvas.scene.frames.chosen() == [item.id, note.id]
    assert framed_.read_bytes() == chosen.read_bytes()
    if suffix == ".svg":
        text = framed_.read_text()
        assert "Stem" in text
        assert "left of everything" in text
    else:
        assert QImage(str(framed_)).width() > QImage(str(plain)).width() + 1000


@pytest.mark.parametrize(("text", "found"), [
    ("stem", ["Stem"]), ("rate TRY", [""]), ("st", ["Stem", ""]), ("nothing", []), ("", []),
])  # fmt: skip
def test_frames_are_found_by_title_and_text(canvas: Canvas, text: str, found: list[str]) -> None:
    framed(canvas, "conv1", title="Stem")
    noted(canvas, QPointF(300, -260), "Try a smaller rate at best")
    graph = canvas.graph
    assert [graph.frames[id_].title for id_ in frames_found(graph, text)] == found


def test_finding_walks_from_nodes_to_frames(canvas: Canvas) -> None:
    item = framed(canvas, "fc1", "fc2", title="conv after all")
    canvas.scene.clearSelection()
    canvas.view.find_node()
    line = canvas.view.overlays.find
    canvas.qtbot.keyClicks(line.line, "conv")
    assert line.count.text() == "3 found"
    assert item.is_lit
    walked = []
    for _ in range(4):
        canvas.qtbot.keyClick(line.line, Qt.Key.Key_Return)
        walked.append((canvas.selected(), item.isSelected()))
    assert walked == [(["conv1"], False), (["conv2"], False), ([], True), (["conv1"], False)]
    canvas.qtbot.keyClick(line.line, Qt.Key.Key_Escape)
    assert not item.is_lit


def test_another_theme_paints_them_anew(canvas: Canvas) -> None:
    item = noted(canvas, QPointF(300, -160), "a note")
    canvas.scene.clearSelection()
    seen = []
    for colours in (theme.DARK, theme.LIGHT):
        canvas.scene.set_theme(colours)
        image = QImage(40, 40, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        corner = item.scene_box().bottomRight() - QPointF(30, 30)
        canvas.scene.render(painter, QRectF(0, 0, 40, 40), QRectF(corner.x(), corner.y(), 20, 20))
        painter.end()
        seen.append(image.pixelColor(20, 20))
        wanted = mixed(QColor(NO_COLOUR), QColor(colours.canvas), TINT)
        assert max(abs(a - b) for a, b in zip(seen[-1].getRgb(), wanted.getRgb(), strict=True)) < 6
    assert seen[0] != seen[1]


def test_a_picture_has_no_room_for_names_that_are_not_painted(canvas: Canvas, tmp_path: Path) -> None:
    canvas.session.select(list(canvas.graph.nodes))
    canvas.view.framing.add_frame()
    (item,) = canvas.scene.frames.items.values()
    Exports(canvas.session, canvas.scene, canvas.view).write("png", tmp_path / "net.png")
    scale = 2.0
    assert QImage(str(tmp_path / "net.png")).height() < scale * (item.rect().height() + 120)


@pytest.mark.parametrize("zoom", [1.0, 0.79, 0.5])
def test_the_text_above_nodes_is_seen_once_the_frame_is_fitted(
    canvas: Canvas, zoom: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    framed(canvas, "conv1", "relu1", "pool1", title="Stem")
    canvas.view.framing.edit_note()
    canvas.qtbot.keyClicks(canvas.view.framing.note, "Six filters of five by five")
    canvas.view.framing.note.close_line()
    canvas.view.framing.fit_frame()
    assert any(text.startswith("Six filters") for text in texts_at(canvas, zoom, monkeypatch))

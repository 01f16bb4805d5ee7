"""Look at texts and series: words in the colour of their share, the band that a position sees, curves on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.gui.look_page import opened
from workbench.gui.insight.panel import LookPanel
from workbench.gui.insight.word_sheet import BRIGHT, WordSheet, luminance
from workbench.gui.widgets import theme
from workbench.insight.colours import DIVERGING, DIVERGING_LIGHT
from workbench.insight.receptive_field import Box
from workbench.inspection.portraits import DARK_PAPER, LIGHT_PAPER
from workbench.project.new_project import create

TEXTS = "text,label\nan old but very good film,pos\na bad film,neg\ngood good film,pos\nso bad,neg\n" * 6
WORDS = ("an", "old", "film", "", "")


@pytest.fixture
def sheet(qtbot: QtBot) -> WordSheet:
    made = WordSheet(theme.LIGHT)
    qtbot.addWidget(made)
    made.resize(200, 150)
    made.show()
    made.show_words(WORDS, "test:0 is pos")
    return made


def text_panel(qtbot: QtBot, tmp_path: Path, node: str = "width3.conv") -> LookPanel:
    (tmp_path / "t.csv").write_text(TEXTS, "utf-8")
    project, _ = create("textcnn", ("text", {"path": str(tmp_path / "t.csv"), "length": 7}), tmp_path)
    return opened(qtbot, project, tmp_path / "text.cnn", node)


def test_words_have_no_colours_before_there_are_shares_of_them(sheet: WordSheet) -> None:
    assert sheet.colours() == ["", "", ""]
    sheet.show_shares(np.array([1, -2, 0, 0, 0], np.float32), DIVERGING_LIGHT)
    neutral, against = QColor(*map(int, DIVERGING_LIGHT[128])), QColor(*map(int, DIVERGING_LIGHT[0]))
    assert sheet.colours()[1:] == [against.name(), neutral.name()]
    sheet.show_words(("bad", "film"), "test:1")
    assert sheet.colours() == ["", ""], "those of another text are gone"


def test_shares_of_zero_alone_are_neutral(sheet: WordSheet) -> None:
    sheet.show_shares(np.zeros(5, np.float32), DIVERGING)
    assert set(sheet.colours()) == {QColor(*map(int, DIVERGING[128])).name()}


def test_what_a_position_sees_is_marked_unless_it_sees_all(sheet: WordSheet) -> None:
    sheet.show_box(Box(0, 1, 1, 3, (1, 3), is_row=True))
    assert sheet.framed() == ["old", "film"]
    sheet.show_box(Box(0, 0, 1, 5, (1, 5), is_row=True))
    assert sheet.framed() == []
    sheet.show_box(None)
    assert sheet.framed() == []


def test_a_word_under_the_mouse_says_its_place_and_share(qtbot: QtBot, sheet: WordSheet) -> None:
    words = sheet._words
    place = words._rects[1].center()
    assert words.word_at(place) == 1
    assert words.word_at(QPointF(190, 140)) is None
    assert words.told(1) == "old · place 1"
    sheet.show_shares(np.array([1, -2, 0, 0, 0], np.float32), DIVERGING)
    assert words.told(1) == "old · place 1 · share -2"


def test_a_long_text_breaks_into_lines_and_scrolls(sheet: WordSheet) -> None:
    sheet.show_words(["word"] * 200, "long")
    words = sheet._words
    assert words.minimumHeight() > sheet.height()
    assert all(rect.right() <= words.width() for rect in words._rects.values())
    assert len({rect.top() for rect in words._rects.values()}) > 10


@pytest.mark.parametrize("table", [DIVERGING, DIVERGING_LIGHT])
def test_every_word_is_read_on_its_colour(table: np.ndarray) -> None:
    for row in table:
        ground = luminance(QColor(*map(int, row)))
        ink = luminance(QColor("#101418" if ground > BRIGHT else "#f4f6f8"))
        bright, dark = max(ground, ink), min(ground, ink)
        assert (bright + 0.05) / (dark + 0.05) >= 4


def test_words_are_coloured_by_their_shares_of_the_chosen_unit(qtbot: QtBot, tmp_path: Path) -> None:
    panel = text_panel(qtbot, tmp_path)
    detail = panel.answer.detail if panel.answer else None
    assert detail is not None
    assert detail.is_of_tokens
    assert detail.down_values is not None
    words = panel.probe.words
    assert words.isVisible()
    assert words.words[0] in ("an", "a", "good", "so")
    coloured = [word for word, colour in zip(filter(None, words.words), words.colours(), strict=True) if colour]
    assert coloured == list(filter(None, words.words)) or not detail.fires
    assert panel.answer is not None
    assert panel.answer.picture is not None
    strongest = panel.answer.picture.values.reshape(100, -1).max(1)
    chosen = next(unit for unit in range(100) if unit != detail.unit and strongest[unit] > 0)
    panel.grid.choose_at(panel.grid.tile_rect(chosen).center())
    assert not any(words.colours()), "those of the unit before are gone at once"
    qtbot.waitUntil(lambda: any(words.colours()), timeout=20_000)
    after = panel.answer.detail if panel.answer else None
    assert after is not None
    assert after.down_values is not None
    column = after.position[1]
    zero = QColor(*map(int, DIVERGING[128])).name()
    seen = {number for number, colour in enumerate(words.colours()) if colour != zero}
    assert seen <= set(range(column, column + 3)), "three words make the strongest position"
    assert words.framed() == [word for word in words.words[column : column + 3] if word]
    panel.shut_down()


def test_the_line_below_the_tiles_tells_how_many_places_are_seen(qtbot: QtBot, tmp_path: Path) -> None:
    panel = text_panel(qtbot, tmp_path)
    panel.unit.pixel_hovered.emit(0, 1)
    assert "receptive field 3 places" in panel.hovered.text()
    panel.shut_down()


def test_a_series_has_a_band_and_its_deconvnet_is_a_curve_on_the_paper_of_the_theme(
    qtbot: QtBot, tmp_path: Path
) -> None:
    rows = ["@problemName s", "@univariate false", "@dimension 3", "@classLabel true a b", "@data"]
    chance = np.random.default_rng(0)
    for number in range(20):
        channels = [",".join(f"{each:.3f}" for each in chance.normal(size=24)) for _ in range(3)]
        rows.append(":".join(channels) + f":{'ab'[number % 2]}")
    (tmp_path / "s.ts").write_text("\n".join(rows), "utf-8")
    project, _ = create("fcn1d", ("series", {"path": str(tmp_path / "s.ts")}), tmp_path)
    panel = opened(qtbot, project, tmp_path / "series.cnn", "conv1")
    detail = panel.answer.detail if panel.answer else None
    assert detail is not None
    assert detail.is_of_series
    assert detail.down is not None
    ground = QColor(DARK_PAPER.ground).getRgb()[:3]
    assert tuple(detail.down[0, 0]) == ground, "a curve on paper; three channels of a series are no colours"
    box = panel.probe.input._box
    assert box is not None
    assert (box.top, box.height, box.width) == (0, 1, min(8, box.width))
    assert panel.probe.input._grid == panel.unit.down._grid == (1, 24)
    panel.set_theme(theme.LIGHT)
    image = panel.probe.input
    qtbot.waitUntil(
        lambda: image.image is not None and image.image.pixelColor(0, 0) == QColor(LIGHT_PAPER.ground), timeout=20_000
    )
    panel.shut_down()

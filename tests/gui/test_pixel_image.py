"""Pictures of few rows, as of series and texts, are seen; and the mouse is told the right place in them."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from workbench.gui.insight.pixel_image import CAPTION, ROW, PixelImage
from workbench.gui.widgets import theme


@pytest.mark.parametrize(("rows", "columns"), [(1, 150), (8, 488)])
def test_a_strip_has_rows_that_are_seen(qtbot: QtBot, rows: int, columns: int) -> None:
    picture = PixelImage("feature map", theme.DARK)
    qtbot.addWidget(picture)
    picture.resize(200, 300 + CAPTION)
    picture.show_pixels(np.zeros((rows, columns, 3), np.uint8))
    rect = picture.picture_rect()
    assert rect.height() == ROW * rows
    assert rect.width() <= 200
    inside = QPointF(rect.left() + rect.width() * (columns - 0.5) / columns, rect.bottom() - 1)
    assert picture.pixel_at(inside) == (rows - 1, columns - 1)
    picture.resize(200, 60 + CAPTION)
    assert picture.picture_rect().height() == min(60, ROW * rows), "there is no more room"


def test_pixels_of_a_picture_stay_squares(qtbot: QtBot) -> None:
    picture = PixelImage("feature map", theme.DARK)
    qtbot.addWidget(picture)
    picture.resize(200, 300 + CAPTION)
    picture.show_pixels(np.zeros((10, 30, 3), np.uint8))
    rect = picture.picture_rect()
    assert rect.width() == 3 * rect.height()

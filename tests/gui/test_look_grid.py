"""The grid of tiles: layout, scrolling, zooming, and pixels that stay pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QWheelEvent
from pytestqt.qtbot import QtBot

from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.mosaic import SMALLEST_TILE, Mosaic
from workbench.gui.widgets import theme
from workbench.insight.spec import Picture


def picture(count: int, height: int, width: int) -> Picture:
    tiles = np.random.default_rng(0).integers(0, 256, (count, height, width, 3), np.uint8)
    return Picture(tiles, tuple(range(count)), tiles[..., 0].astype(float), 0.0, 1.0, "note")


@pytest.fixture
def grid(qtbot: QtBot) -> TileGrid:
    """An empty grid, shown."""
    made = TileGrid(theme.DARK)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def turn(grid: TileGrid, turns: int, keys: Qt.KeyboardModifier) -> None:
    place = QPointF(50, 50)
    delta = QPoint(0, 120 * turns)
    phase = Qt.ScrollPhase.NoScrollPhase
    grid.wheelEvent(QWheelEvent(place, place, QPoint(), delta, Qt.MouseButton.NoButton, keys, phase, False))


@pytest.mark.parametrize(("count", "height", "width"), [(1, 28, 28), (6, 28, 28), (64, 5, 5), (10, 1, 1), (3, 4, 90)])
def test_few_tiles_all_fit(grid: TileGrid, count: int, height: int, width: int) -> None:
    grid.show_picture(picture(count, height, width))
    assert all(grid.rect().contains(grid.tile_rect(number).toAlignedRect()) for number in range(count))


@pytest.mark.parametrize("size", [1, 7, 28, 224])
def test_many_tiles_stay_large_enough_and_scroll(qtbot: QtBot, grid: TileGrid, size: int) -> None:
    grid.show_picture(picture(512, size, size))
    assert grid.tile_side >= SMALLEST_TILE * 0.9
    assert grid.tile_rect(511).top() > grid.height()
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.chosen == 511
    assert grid.rect().contains(grid.tile_rect(511).toRect())
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.chosen == 0
    assert grid.scrolled <= 4
    turn(grid, -3, Qt.KeyboardModifier.NoModifier)
    assert grid.scrolled > 50


def test_pixels_stay_pixels(grid: TileGrid) -> None:
    shown = picture(4, 3, 3)
    grid.show_picture(shown)
    image = grid.grab().toImage()
    for number in range(1, 4):  # the chosen one has a frame
        rect = grid.tile_rect(number)
        for row in range(3):
            for column in range(3):
                x = rect.left() + (column + 0.5) * rect.width() / 3
                y = rect.top() + (row + 0.5) * rect.height() / 3
                red, green, blue = (int(each) for each in shown.tiles[number, row, column])
                assert image.pixelColor(int(x), int(y)) == QColor(red, green, blue)


def test_large_tiles_are_thinned_out_the_same_way() -> None:
    tiles = picture(2, 200, 200).tiles
    mosaic = Mosaic(2, 2, 1, 50.0, 50.0)
    image = mosaic.image(tiles, 0, 1, QColor("black"), 1.0)
    red, green, blue = (int(each) for each in tiles[1, 82, 42])
    assert image.pixelColor(4 + 50 + 4 + 10, 4 + 20) == QColor(red, green, blue)


def test_ctrl_and_the_wheel_zoom_the_tiles(grid: TileGrid) -> None:
    grid.show_picture(picture(64, 8, 8))
    before = grid.tile_side
    turn(grid, 3, Qt.KeyboardModifier.ControlModifier)
    assert grid.tile_side > before
    larger = grid.tile_side
    grid.show_picture(picture(64, 8, 8))
    assert grid.tile_side == larger  # another picture of the same node
    turn(grid, -20, Qt.KeyboardModifier.ControlModifier)
    assert grid.tile_side <= 8
    grid.show_picture(picture(6, 8, 8))
    assert grid.tile_side > 50


def test_a_place_names_unit_and_pixel(grid: TileGrid) -> None:
    shown = picture(6, 4, 4)
    grid.show_picture(shown)
    rect = grid.tile_rect(5)
    assert grid.pixel_at(rect.topLeft() + QPointF(1, 1)) == (5, 0, 0)
    assert grid.pixel_at(rect.bottomRight() - QPointF(1, 1)) == (5, 3, 3)
    assert grid.pixel_at(QPointF(1, 1)) is None
    value = grid.value_at(5, 3, 3)
    assert value is not None
    assert float(value) == shown.values[5, 3, 3]
    assert grid.value_at(9, 0, 0) is None


def test_an_empty_grid_says_what_would_fill_it(grid: TileGrid) -> None:
    blank = grid.grab().toImage()
    grid.show_picture(None, "Select a node")
    assert grid.grab().toImage() != blank

"""The grid of tiles: layout, scrolling, zooming, and pixels that stay pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QWheelEvent
from pytestqt.qtbot import QtBot

from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.mosaic import GAP, SMALLEST_TILE, Mosaic
from workbench.gui.widgets import theme
from workbench.insight.coloured_maps import ColouredMaps
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


def one_by_one(mosaic: Mosaic, tiles: NDArray[np.uint8], rows: tuple[int, int], paper: QColor, ratio: float) -> QImage:
    """The rows of a grid by the definition: each screen pixel shows the tile's pixel under its middle."""
    count, height, width = tiles.shape[:3]
    wide = math.ceil((GAP + mosaic.columns * mosaic.step_x) * ratio)
    image = QImage(wide, math.ceil((GAP + (rows[1] - rows[0]) * mosaic.step_y) * ratio), QImage.Format.Format_RGB32)
    image.fill(paper)
    for y in range(image.height()):
        for x in range(image.width()):
            row, below = divmod((y + 0.5) / ratio - GAP, mosaic.step_y)
            column, right = divmod((x + 0.5) / ratio - GAP, mosaic.step_x)
            number = int((rows[0] + row) * mosaic.columns + column)
            is_tile = 0 <= column < mosaic.columns and 0 <= row < rows[1] - rows[0] and number < count
            place = math.floor(below / mosaic.tile_height * height), math.floor(right / mosaic.tile_width * width)
            if is_tile and place[0] < height and place[1] < width:
                image.setPixelColor(x, y, QColor(*(int(each) for each in tiles[number][place])))
    return image


@pytest.mark.parametrize(("count", "columns", "side", "rows", "ratio"), [
    (7, 3, 16.0, (0, 3), 1.0), (7, 3, 13.0, (1, 3), 1.5), (6, 3, 4.0, (0, 2), 2.0), (2, 2, 21.7, (0, 1), 1.25),
    (5, 1, 9.0, (3, 5), 1.0),
])  # fmt: skip
def test_a_mosaic_is_what_each_screen_pixel_lies_on(
    count: int, columns: int, side: float, rows: tuple[int, int], ratio: float
) -> None:
    values = np.random.default_rng(1).standard_normal((count, 8, 6)).astype(np.float32)
    mosaic = Mosaic(count, columns, -(-count // columns), side * 6 / 8, side, 5.0)
    paper = QColor(10, 20, 30)
    for each in (False, True):
        maps = ColouredMaps.of(values, signed=True, each=each)
        expected = one_by_one(mosaic, maps.tiles, rows, paper, ratio)
        for drawn in (maps, maps.tiles):
            image = mosaic.image(drawn, *rows, paper, ratio)
            image.setDevicePixelRatio(1.0)
            assert image == expected


def test_only_what_the_screen_shows_of_large_maps_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured: list[int] = []
    levels = ColouredMaps._levels
    monkeypatch.setattr(
        ColouredMaps, "_levels", lambda self, values: coloured.append(values.size) or levels(self, values)
    )
    maps = ColouredMaps.of(np.random.default_rng(2).random((6, 200, 300)))
    image = Mosaic(6, 3, 2, 30.0, 20.0).image(maps, 0, 2, QColor("black"), 1.0)
    assert coloured == [image.width() * image.height()]
    small = ColouredMaps.of(np.random.default_rng(2).random((6, 2, 3)))
    Mosaic(6, 3, 2, 30.0, 20.0).image(small, 0, 2, QColor("black"), 1.0)
    assert coloured[1:] == [36]


def test_another_picture_is_laid_out_and_painted_without_colouring_all(grid: TileGrid) -> None:
    maps = ColouredMaps.of(np.random.default_rng(3).random((40, 90, 90)))
    grid.show_picture(Picture(maps, tuple(range(40)), maps.values, *maps.range, "note"))
    grid.grab()
    assert "tiles" not in vars(maps)
    chosen = grid.chosen_tile()
    assert chosen is not None
    assert np.array_equal(chosen, maps.tiles[0])


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

"""Where the tiles of a grid stand, and all tiles that are seen as one image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

GAP = 4.0
LABEL = 14.0
NARROWEST_LABELLED = 26.0
SMALLEST_TILE = 24.0
LARGEST_TILE = 160.0
ZOOM_STEP = 1.25
WORTH = 0.8  # of the room; what a whole factor of enlargement may cost


@dataclass(frozen=True)
class Mosaic:
    """A grid of equal tiles.

    Attributes:
        count: how many.
        columns: side by side.
        rows: one below the other.
        tile_width: on the screen, in pixels.
        tile_height: likewise.
        label: room for a number under each tile; 0 where there is none.
    """

    count: int
    columns: int
    rows: int
    tile_width: float
    tile_height: float
    label: float = 0.0

    @classmethod
    def fitting(cls, count: int, height: int, width: int, room_x: float, room_y: float, side: float | None) -> Mosaic:
        """The largest tiles with which all fit, but never so small that nothing is seen on them: those scroll.

        Args:
            count: how many tiles.
            height: of a tile, in its own pixels.
            width: likewise.
            room_x: width of the place.
            room_y: height of the place.
            side: the longer side of a tile that the user wants, or None.
        """
        longest = max(height, width)
        least, has_labels = 0.0, True
        if side is None:
            side = least = SMALLEST_TILE
            for columns in range(1, max(1, count) + 1):
                rows = -(-count // columns)
                wide = ((room_x - GAP) / columns - GAP) / width * longest
                high = (room_y - GAP) / max(1, rows) - GAP
                is_labelled = high >= NARROWEST_LABELLED + LABEL
                found = min(wide, (high - LABEL * is_labelled) / height * longest, max(LARGEST_TILE, longest))
                if found > side:
                    side, has_labels = found, is_labelled
        side = max(4.0, min(side, room_x - 2 * GAP))
        whole = float(longest * max(side // longest, -(-least // longest)))
        is_fitting = longest <= max(side, LARGEST_TILE)  # photographs are shown smaller than they are
        if is_fitting and longest > side / 8 and whole >= max(WORTH * side, longest):  # so that all pixels are alike
            side = whole
        tile_width, tile_height = max(3.0, side * width / longest), max(3.0, side * height / longest)
        columns = max(1, min(count, int((room_x - GAP) / (tile_width + GAP) + 1e-6)))
        label = LABEL if has_labels and tile_width >= NARROWEST_LABELLED else 0.0
        return cls(count, columns, -(-count // columns), tile_width, tile_height, label)

    @property
    def step_x(self) -> float:
        """From one column to the next."""
        return self.tile_width + GAP

    @property
    def step_y(self) -> float:
        """From one row to the next."""
        return self.tile_height + GAP + self.label

    @property
    def total_height(self) -> float:
        """Of all rows."""
        return GAP + self.rows * self.step_y

    def zoomed(self, turns: float) -> float:
        """The longer side of a tile after so many turns of the wheel."""
        side = max(self.tile_width, self.tile_height) * ZOOM_STEP**turns
        return float(min(max(side, 8.0), 1024.0))

    def tile(self, number: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a tile."""
        row, column = divmod(number, self.columns)
        return GAP + column * self.step_x, GAP + row * self.step_y, self.tile_width, self.tile_height

    def number_at(self, x: float, y: float) -> int:
        """Which tile is there; -1 for none."""
        column, row = math.floor((x - GAP) / self.step_x), math.floor((y - GAP) / self.step_y)
        number = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= row < self.rows and number < self.count):
            return -1
        left, top, width, height = self.tile(number)
        return number if x <= left + width and y <= top + height else -1

    def image(self, tiles: NDArray[np.uint8], first: int, last: int, paper: QColor, ratio: float) -> QImage:
        """The rows from `first` up to `last` as one image, in the screen's own pixels.

        Every screen pixel takes the tile's pixel under its middle, which keeps pixels sharp and needs only as much
        work as the screen has pixels, however large the tiles are.
        """
        height, width = tiles.shape[1:3]
        columns = max(1, math.ceil((GAP + self.columns * self.step_x) * ratio))
        rows = max(1, math.ceil((GAP + (last - first) * self.step_y) * ratio))
        x = (np.arange(columns) + 0.5) / ratio - GAP
        y = (np.arange(rows) + 0.5) / ratio - GAP
        column, row = np.floor(x / self.step_x).astype(np.intp), np.floor(y / self.step_y).astype(np.intp)
        in_x = np.floor((x - column * self.step_x) / self.tile_width * width).astype(int)
        in_y = np.floor((y - row * self.step_y) / self.tile_height * height).astype(int)
        has_x = (column >= 0) & (column < self.columns) & (in_x < width)
        has_y = (row >= 0) & (row < last - first) & (in_y < height)
        number = (first + row[:, None]) * self.columns + column[None, :]
        shown = has_y[:, None] & has_x[None, :] & (number < len(tiles))
        flat = np.where(shown, (number * height + in_y[:, None]) * width + in_x[None, :], 0)
        is_large = tiles.size > 12 * flat.size  # then only the pixels that are seen are worth the packing
        pixels = packed(tiles.reshape(-1, 3)[flat]) if is_large else packed(tiles).take(flat)
        pixels[~shown] = paper.rgb()
        image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(ratio)
        return image


def packed(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Bytes (..., 3) as one number for each pixel, as Qt's 32-bit images hold it."""
    wide = pixels.astype(np.uint32)
    numbers: NDArray[np.uint32] = np.bitwise_or(wide[..., 0] << 16, wide[..., 1] << 8).astype(np.uint32)
    return np.asarray(numbers | wide[..., 2] | np.uint32(0xFF000000), dtype=np.uint32)

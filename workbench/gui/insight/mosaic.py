"""Where the tiles of a grid stand, and all tiles that are seen as one image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from workbench.insight.coloured_maps import Bytes, ColouredMaps, packed

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

    def image(self, drawn: Bytes | ColouredMaps, first: int, last: int, paper: QColor, ratio: float) -> QImage:
        """The rows from `first` up to `last` as one image, in the screen's own pixels.

        Every screen pixel takes the tile's pixel under its middle, which keeps pixels sharp and needs only as much
        work as the screen has pixels, however large the tiles are.
        """
        count, height, width = drawn.shape[:3]
        columns = _Line.along(self.columns, self.step_x, self.tile_width, width, ratio)
        rows = _Line.along(last - first, self.step_y, self.tile_height, height, ratio)
        number = (first + rows.tiles) * self.columns
        down = number * (height * width) + rows.pixels * width
        across = columns.tiles * (height * width) + columns.pixels
        image = QImage(len(across), len(down), QImage.Format.Format_RGB32)
        pixels = _pixels_of(image)
        _take(drawn, np.add.outer(down, across), pixels)
        pixels[~rows.is_tile] = paper.rgb()
        pixels[:, ~columns.is_tile] = paper.rgb()
        begun = int(np.searchsorted(number, count // self.columns * self.columns))  # a row that is not full
        pixels[begun:, int(np.searchsorted(columns.tiles, count % self.columns)) :] = paper.rgb()
        image.setDevicePixelRatio(ratio)
        return image


@dataclass(frozen=True)
class _Line:
    """What the screen's pixels show along one direction.

    Attributes:
        tiles: the number of the tile at each of them.
        pixels: which of the tile's pixels.
        is_tile: whether it is on a tile, and not between two.
    """

    tiles: NDArray[np.intp]
    pixels: NDArray[np.intp]
    is_tile: NDArray[np.bool_]

    @classmethod
    def along(cls, count: int, step: float, side: float, size: int, ratio: float) -> _Line:
        """Looks at so many tiles of a side on the screen, each of a size in its own pixels."""
        screen = max(1, math.ceil((GAP + count * step) * ratio))
        places = (np.arange(screen) + 0.5) / ratio - GAP
        tiles = np.floor(places / step).astype(np.intp)
        pixels = np.floor((places - tiles * step) / side * size).astype(np.intp)
        is_tile = (tiles >= 0) & (tiles < count) & (pixels < size)
        return cls(tiles.clip(0, max(0, count - 1)), pixels.clip(0, size - 1), is_tile)


def _pixels_of(image: QImage) -> NDArray[np.uint32]:
    """The memory of a 32-bit image, (height, width); it must not outlive the image."""
    memory: Any = image.bits()
    memory.setsize(image.sizeInBytes())
    pixels: NDArray[np.uint32] = np.frombuffer(memory, np.uint32).reshape(image.height(), image.width())
    return pixels


def _take(drawn: Bytes | ColouredMaps, places: NDArray[np.intp], out: NDArray[np.uint32]) -> None:
    """Writes the pixels at places that are counted through all tiles; what is too large is any pixel."""
    if isinstance(drawn, ColouredMaps):
        drawn.take(places, out)
    elif drawn.size > 12 * places.size:  # then only the pixels that are seen are worth the packing
        out[:] = packed(drawn.reshape(-1, 3).take(places, axis=0, mode="clip"))
    else:
        np.take(packed(drawn), places, out=out, mode="clip")

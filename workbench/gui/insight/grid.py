"""Tiles of a view in a grid: pixels stay pixels, a click chooses a unit, arrows walk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from workbench.gui.theme import Theme
from workbench.insight.spec import Picture

GAP = 4.0
LARGEST_TILE = 112.0


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Bytes (H, W, 3) as an image that owns them."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class TileGrid(QWidget):
    """The tiles of one picture.

    Signals:
        unit_chosen(int): a unit was clicked or walked to.
    """

    unit_chosen = pyqtSignal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._tiles: list[QImage] = []
        self._units: tuple[int, ...] = ()
        self._shape = (1, 1)
        self.chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Units")
        self.setMinimumSize(QSize(160, 80))

    def show_picture(self, picture: Picture | None) -> None:
        """Shows another picture; the chosen unit stays if it is there."""
        self._tiles = [] if picture is None else [image_of(tile) for tile in picture.tiles]
        self._units = () if picture is None else picture.units
        self._shape = (1, 1) if picture is None else (picture.tiles.shape[1], picture.tiles.shape[2])
        if self.chosen not in self._units:
            self.chosen = self._units[0] if self._units else 0
        self.update()

    def _layout(self) -> tuple[int, float, float]:
        """Columns, and width and height of a tile, so that all of them fit and are as large as can be."""
        height, width = self._shape
        count = max(1, len(self._tiles))
        best = (1, 1.0, 1.0)
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            zoom = min(
                (self.width() - GAP) / columns / width - GAP / width,
                (self.height() - GAP) / rows / height - GAP / height,
                LARGEST_TILE / max(height, width),
            )
            if zoom > 0 and width * zoom > best[1]:
                best = (columns, width * zoom, height * zoom)
        return best

    def tile_rect(self, number: int) -> QRectF:
        """Where a tile is drawn."""
        columns, width, height = self._layout()
        x, y = number % columns, number // columns
        return QRectF(GAP + x * (width + GAP), GAP + y * (height + GAP), width, height)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        for number, tile in enumerate(self._tiles):
            place = self.tile_rect(number)
            painter.drawImage(place, tile)
            if self._units[number] == self.chosen:
                painter.setPen(QPen(QColor(self.theme.accent), 2))
                painter.drawRect(place.adjusted(-1, -1, 1, 1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        for number in range(len(self._tiles)):
            if self.tile_rect(number).contains(event.position()):
                self._choose(number)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        columns = self._layout()[0]
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.chosen not in self._units:
            super().keyPressEvent(event)
            return
        number = self._units.index(self.chosen) + step
        if 0 <= number < len(self._units):
            self._choose(number)

    def _choose(self, number: int) -> None:
        self.chosen = self._units[number]
        self.unit_chosen.emit(self.chosen)
        self.update()


class PixelImage(QWidget):
    """One small picture, enlarged without smoothing, with a caption."""

    def __init__(self, caption: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption, self.theme = caption, theme
        self._image: QImage | None = None
        self.setFixedSize(QSize(150, 172))
        self.setAccessibleName(caption)

    def show_pixels(self, pixels: NDArray[np.uint8] | None, caption: str = "") -> None:
        """Shows bytes (H, W, 3), or nothing."""
        self._image = None if pixels is None else image_of(pixels)
        self.caption = caption or self.caption
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        side = float(self.width())
        painter.fillRect(QRectF(0, 0, side, side), QColor(self.theme.field))
        if self._image is not None:
            zoom = side / max(self._image.width(), self._image.height())
            width, height = self._image.width() * zoom, self._image.height() * zoom
            painter.drawImage(QRectF((side - width) / 2, (side - height) / 2, width, height), self._image)
        painter.setPen(QColor(self.theme.faint))
        text = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideRight, int(side))
        painter.drawText(QRectF(0, side + 2, side, 20), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

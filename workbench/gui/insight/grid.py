"""Tiles of a view as one mosaic: pixels stay pixels, a click chooses a unit, arrows walk, what is too much scrolls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QScrollBar, QWidget

from workbench.gui.insight.mosaic import Mosaic
from workbench.gui.widgets.theme import Theme
from workbench.insight.spec import Picture

SCROLL = 14
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
KEYS = (*ARROWS, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


class TileGrid(QWidget):
    """The tiles of one picture.

    Signals:
        unit_chosen(int): a unit was clicked or walked to.
        pixel_hovered(int, int, int): unit, row and column under the mouse; (-1, -1, -1) when it leaves.
        missing_seen(): a tile has come into sight that is not made yet.
    """

    unit_chosen = pyqtSignal(int)
    pixel_hovered = pyqtSignal(int, int, int)
    missing_seen = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: Picture | None = None
        self._empty = ""
        self._image: tuple[object, QImage] | None = None
        self._zoom: float | None = None
        self._mosaic = Mosaic(0, 1, 1, 1.0, 1.0)
        self.chosen = 0
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self._on_scrolled)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Units")
        self.setMinimumSize(QSize(120, 60))

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        self._image = None
        self.update()

    def show_picture(self, picture: Picture | None, empty: str = "") -> None:
        """Shows another picture, or the words for the empty place; the chosen unit stays if it is there."""
        before, self._picture, self._empty, self._image = self._picture, picture, empty, None
        if picture is not None and (before is None or before.drawn.shape != picture.drawn.shape):
            self._zoom = None
        is_other = before is None or picture is None or len(before.units) != len(picture.units)
        if picture is not None and picture.first is not None and is_other:
            self.chosen = picture.units[picture.first]
        if picture is not None and self.chosen not in picture.units:
            self.chosen = picture.units[0] if picture.units else 0
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        """Lays the tiles out for the room there is."""
        picture = self._picture
        count, height, width = (0, 1, 1) if picture is None else (len(picture.units), *picture.sides)
        room_x, room_y = float(self.width()), float(self.height())
        mosaic = Mosaic.fitting(count, height, width, room_x, room_y, self._zoom)
        if mosaic.total_height > room_y:
            mosaic = Mosaic.fitting(count, height, width, room_x - SCROLL, room_y, self._zoom)
        self._mosaic = mosaic
        hidden = int(mosaic.total_height - room_y)
        self._bar.setGeometry(self.width() - SCROLL, 0, SCROLL, self.height())
        self._bar.setVisible(hidden > 0)
        self._bar.setRange(0, max(0, hidden))
        self._bar.setPageStep(max(1, self.height()))
        self._bar.setSingleStep(max(1, int(mosaic.step_y)))

    def height_for(self, width: int, most: int) -> int:
        """How high the grid is with all its tiles in so much width, if they may take so much height."""
        if self._picture is None:
            return most
        height, tile_width = self._picture.sides
        mosaic = Mosaic.fitting(len(self._picture.units), height, tile_width, float(width), float(most), self._zoom)
        return math.ceil(mosaic.total_height)

    @property
    def scrolled(self) -> int:
        """How far the tiles are scrolled, in pixels."""
        return self._bar.value()

    @property
    def tile_side(self) -> float:
        """Width of a tile on the screen."""
        return self._mosaic.tile_width

    def tile_rect(self, number: int) -> QRectF:
        """Where a tile is drawn."""
        x, y, width, height = self._mosaic.tile(number)
        return QRectF(x, y - self.scrolled, width, height)

    def number_at(self, place: QPointF) -> int:
        """Which tile is at a place of the widget; -1 for none."""
        return self._mosaic.number_at(place.x(), place.y() + self.scrolled)

    def pixel_at(self, place: QPointF) -> tuple[int, int, int] | None:
        """Unit, row and column at a place of the widget."""
        number, picture = self.number_at(place), self._picture
        if number < 0 or picture is None:
            return None
        rect, (height, width) = self.tile_rect(number), picture.sides
        row = int((place.y() - rect.top()) / rect.height() * height)
        column = int((place.x() - rect.left()) / rect.width() * width)
        return picture.units[number], min(row, height - 1), min(column, width - 1)

    def value_at(self, unit: int, row: int, column: int) -> NDArray[Any] | None:
        """The number, or the three of a coloured picture, behind a pixel of a tile."""
        picture = self._picture
        if picture is None or unit not in picture.units or not picture.is_made(picture.units.index(unit)):
            return None
        values = np.asarray(picture.values[picture.units.index(unit)])
        if values.ndim < 2 or row >= values.shape[-2] or column >= values.shape[-1]:
            return None
        if values.ndim == 3:
            return values[:, row, column] if len(values) == 3 else np.asarray(values[:, row, column].mean())
        return np.asarray(values[row, column])

    def chosen_tile(self) -> NDArray[np.uint8] | None:
        """Returns the chosen unit's tile, (H, W, 3); one of no height while it is not made, None without any tiles."""
        picture = self._picture
        if picture is None or self.chosen not in picture.units:
            return None
        number = picture.units.index(self.chosen)
        return picture.tile(number) if picture.is_made(number) else np.zeros((0, 0, 3), np.uint8)

    def choose_at(self, place: QPointF) -> None:
        """Chooses the unit at a place of the widget, where there is one that is not chosen."""
        picture, number = self._picture, self.number_at(place)
        if picture is not None and number >= 0 and picture.units[number] != self.chosen:
            self._choose(number)

    def _choose(self, number: int) -> None:
        picture = self._picture
        if picture is None or not 0 <= number < len(picture.units):
            return
        self.chosen = picture.units[number]
        rect = self.tile_rect(number)
        if rect.top() < 0:
            self._bar.setValue(int(self.scrolled + rect.top() - 4))
        elif rect.bottom() > self.height():
            self._bar.setValue(int(self.scrolled + rect.bottom() - self.height() + 4 + self._mosaic.label))
        self.unit_chosen.emit(self.chosen)
        self.update()

    def _on_scrolled(self, value: int) -> None:
        self.update()
        picture = self._picture
        if picture is not None and not all(picture.is_made(number) for number in range(*self.seen)):
            self.missing_seen.emit()

    @property
    def seen(self) -> tuple[int, int]:
        """The tiles in sight, from the first up to but not with the last."""
        count, (first, last) = self._mosaic.count, self._rows_seen()
        return min(count, first * self._mosaic.columns), min(count, last * self._mosaic.columns)

    def _rows_seen(self) -> tuple[int, int]:
        first = max(0, int(self.scrolled // self._mosaic.step_y))
        last = min(self._mosaic.rows, int((self.scrolled + self.height()) // self._mosaic.step_y) + 1)
        return first, last

    def _mosaic_image(self) -> tuple[QImage, int]:
        """The rows that are seen, as one image, and which is the first; kept until something changes."""
        first, last = self._rows_seen()
        picture, ratio = self._picture, self.devicePixelRatioF()
        assert picture is not None
        key = (id(picture), first, last, self._mosaic, ratio, self._theme.name)
        if self._image is None or self._image[0] != key:
            self._image = (key, self._mosaic.image(picture.drawn, first, last, QColor(self._theme.panel), ratio))
        return self._image[1], first

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        picture, mosaic = self._picture, self._mosaic
        if picture is None or not picture.units:
            painter.setPen(QColor(self._theme.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 8, -8, -8), int(flags), self._empty)
            painter.end()
            return
        image, first = self._mosaic_image()
        painter.drawImage(QPointF(0, first * mosaic.step_y - self.scrolled), image)
        for number in range(*self.seen) if picture.made is not None else ():
            if not picture.is_made(number):
                painter.fillRect(self.tile_rect(number), QColor(self._theme.field))
        last = self._rows_seen()[1]
        if mosaic.label:
            painter.setPen(QColor(self._theme.faint))
            for number in range(first * mosaic.columns, min(len(picture.units), last * mosaic.columns)):
                rect = self.tile_rect(number)
                place = QRectF(rect.left(), rect.bottom(), rect.width(), mosaic.label)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, picture.caption(number))
        if self.chosen in picture.units:
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(self.tile_rect(picture.units.index(self.chosen)).adjusted(-1, -1, 1, 1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.number_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self.pixel_hovered.emit(*(self.pixel_at(event.position()) or (-1, -1, -1)))

    def leaveEvent(self, event: QEvent | None) -> None:
        self.pixel_hovered.emit(-1, -1, -1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        columns, picture = self._mosaic.columns, self._picture
        page = columns * max(1, int(self.height() // self._mosaic.step_y))
        count = len(picture.units) if picture is not None else 0
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page, Qt.Key.Key_Home: -count, Qt.Key.Key_End: count,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or picture is None or self.chosen not in picture.units:
            super().keyPressEvent(event)
            return
        number = picture.units.index(self.chosen) + step
        if 0 <= number < count or Qt.Key(event.key()) not in ARROWS:
            self._choose(min(max(number, 0), count - 1))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom = self._mosaic.zoomed(turns)
            self._arrange()
            self.update()
        elif self._bar.maximum() == 0:
            event.ignore()  # the panel around may scroll
            return
        else:
            self._bar.setValue(int(self.scrolled - turns * max(40.0, self._mosaic.step_y / 2)))
        event.accept()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in KEYS:
            event.accept()  # while the grid has the focus, these keys walk and are no commands of the window
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(420, min(260, self.maximumHeight()))

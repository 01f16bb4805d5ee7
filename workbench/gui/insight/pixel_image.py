"""Pictures whose pixels stay pixels: enlarged without smoothing, with a box, a mark and the pixel under the mouse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from workbench.gui.widgets.bar_columns import in_lines
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.theme import Theme
from workbench.insight.receptive_field import Box

CAPTION, CAPTION_LINES = 20, 3  # height of one line; so many at most
SMALLEST = 56
STRIP, ROW = 4, 28  # a picture so many times as wide as high has rows of so many pixels of the screen, if there is room


class PixelImage(QWidget):
    """One picture with a caption.

    Signals:
        pixel_hovered(int, int): row and column under the mouse; (-1, -1) when it leaves.
        pixel_clicked(int, int): row and column.
    """

    pixel_hovered = pyqtSignal(int, int)
    pixel_clicked = pyqtSignal(int, int)

    def __init__(self, caption: str, theme: Theme, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption, self._hint, self._empty = caption, hint, ""
        self._theme = theme
        self._image: QImage | None = None
        self._grid: tuple[int, int] | None = None
        self._box: Box | None = None
        self._mark: tuple[int, int] | None = None
        self.setMinimumSize(QSize(SMALLEST, SMALLEST))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName(caption)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture with its own pixels; None where there is none."""
        return self._image

    def show_pixels(
        self,
        pixels: NDArray[np.uint8] | None,
        caption: str = "",
        empty: str = "",
        grid: tuple[int, int] | None = None,
    ) -> None:
        """Shows bytes (H, W, 3); without any the words for the empty place.

        Args:
            pixels: the picture.
            caption: below it.
            empty: the words where there is none.
            grid: rows and columns that boxes, marks and the mouse are told in; by default those of the picture.
        """
        self._grid = grid
        self._image = None if pixels is None else image_of(pixels)
        self.caption, self._empty = caption or self.caption, empty
        self.setToolTip(plain_tip("\n".join(filter(None, (self.caption, self._hint)))))
        self.update()

    def show_box(self, box: Box | None) -> None:
        """Marks the part of the picture that a position sees."""
        if box != self._box:
            self._box = box
            self.update()

    def show_mark(self, pixel: tuple[int, int] | None) -> None:
        """Marks one pixel."""
        if pixel != self._mark:
            self._mark = pixel
            self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture is drawn; whole factors where there is room for them."""
        image = self._image
        room_x, room_y = float(self.width()), float(self.height() - self.caption_height(self.width()))
        if image is None:
            side = max(1.0, min(room_x, room_y))
            return QRectF((room_x - side) / 2, 0, side, side)
        zoom = max(0.01, min(room_x / image.width(), room_y / image.height()))
        if zoom > 3:
            zoom = float(int(zoom))
        width, height = image.width() * zoom, image.height() * zoom
        if STRIP * image.height() <= image.width():  # of a series, or a text: its few rows are to be seen
            height = min(room_y, max(height, ROW * image.height()))
        return QRectF((room_x - width) / 2, 0, width, height)

    def _caption_lines(self, width: int) -> list[str]:
        return in_lines(self.fontMetrics(), self.caption, width, CAPTION_LINES)

    def caption_height(self, width: int) -> int:
        """How much of the height its words take in so much width: one line, or more where they are long."""
        return CAPTION + (len(self._caption_lines(width)) - 1) * self.fontMetrics().lineSpacing()

    def pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column at a place of the widget."""
        rect = self.picture_rect()
        if self._image is None or not rect.contains(place):
            return None
        rows, columns = self._grid or (self._image.height(), self._image.width())
        row = int((place.y() - rect.top()) / rect.height() * rows)
        column = int((place.x() - rect.left()) / rect.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def _pixels(self, top: int, left: int, height: int, width: int) -> QRectF:
        """Where a block of pixels is drawn."""
        rect, image = self.picture_rect(), self._image
        assert image is not None
        rows, columns = self._grid or (image.height(), image.width())
        x, y = rect.width() / columns, rect.height() / rows
        return QRectF(rect.left() + left * x, rect.top() + top * y, width * x, height * y)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        rect = self.picture_rect()
        if self._image is None:
            painter.fillRect(rect, QColor(self._theme.field))
            painter.setPen(QColor(self._theme.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(rect.adjusted(6, 6, -6, -6), int(flags), self._empty)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._grid is not None)  # what is drawn
            painter.drawImage(rect, self._image)
            if self._box is not None:
                self._frame(painter, self._pixels(self._box.top, self._box.left, self._box.height, self._box.width))
            if self._mark is not None:
                self._frame(painter, self._pixels(*self._mark, 1, 1))
        painter.setPen(QColor(self._theme.faint))
        place = QRectF(0, rect.bottom(), self.width(), self.caption_height(self.width()))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), "\n".join(self._caption_lines(self.width())))
        painter.end()

    def _frame(self, painter: QPainter, rect: QRectF) -> None:
        """A frame that is seen on dark and on bright pixels."""
        painter.setPen(QPen(QColor(self._theme.canvas), 3))
        painter.drawRect(rect)
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        painter.drawRect(rect)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self.pixel_hovered.emit(*(self.pixel_at(event.position()) or (-1, -1)))

    def leaveEvent(self, event: QEvent | None) -> None:
        self.pixel_hovered.emit(-1, -1)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        pixel = self.pixel_at(event.position())
        if pixel is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pixel_clicked.emit(*pixel)

    def sizeHint(self) -> QSize:
        return QSize(150, 170)

"""The small overview in the corner of the canvas: boxes, frames, and what is seen of them; click or drag goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from workbench.gui.editor.node_item import NodeItem
from workbench.gui.widgets.theme import frame_colour, group_colour

if TYPE_CHECKING:
    from workbench.gui.editor.view import CanvasView

SIZE = QSize(180, 116)
INSET = 8.0


class Minimap(QWidget):
    """An overview of a canvas, laid over it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.setFixedSize(SIZE)
        self.setAccessibleName("Minimap")
        self.setToolTip("Click or drag to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def _area(self) -> QRectF:
        """The part of the canvas that is shown: everything, and what is seen."""
        return self._view.network().united(self._view.seen())

    def _scale(self, area: QRectF) -> float:
        room = self.rect()
        return min((room.width() - 2 * INSET) / area.width(), (room.height() - 2 * INSET) / area.height())

    def _offset(self, area: QRectF, scale: float) -> QPointF:
        middle = QPointF(self.width() / 2, self.height() / 2)
        return middle - area.center() * scale

    def _go(self, place: QPointF) -> None:
        area = self._area()
        scale = self._scale(area)
        self._view.centerOn((place - self._offset(area, scale)) / scale)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme, area = self._view.theme, self._area()
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        if area.isEmpty():
            return
        scale = self._scale(area)
        offset = self._offset(area, scale)
        for frame in self._view.frames():
            place, colour = frame.scene_box(), frame_colour(frame.frame.colour)
            colour.setAlphaF(0.35)
            painter.fillRect(QRectF(place.topLeft() * scale + offset, place.size() * scale), colour)
        for box in self._view.boxes():
            place = box.scene_box()
            colour = group_colour(box.shown.group) if isinstance(box, NodeItem) else group_colour("Shape")
            small = QRectF(place.topLeft() * scale + offset, place.size() * scale)
            painter.fillRect(small, QColor(theme.accent) if box.isSelected() else colour)
        seen = self._view.seen()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 1))
        painter.drawRect(QRectF(seen.topLeft() * scale + offset, seen.size() * scale))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        event.accept()  # the canvas below has no part in it

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

"""The small overview in the corner of the canvas: boxes, frames, and what is seen of them; click or drag goes there."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QWidget

from workbench.gui.editor.scene_items import SceneItems
from workbench.gui.editor.zooming import ZoomView
from workbench.gui.widgets.theme import Theme, frame_colour

SIZE = QSize(180, 116)
INSET = 8.0


class Minimap(QWidget):
    """An overview of a canvas, laid over it."""

    def __init__(self, view: ZoomView, scene: SceneItems) -> None:
        super().__init__(view.viewport())
        self._boxes: QPixmap | None = None  # None: the network is another than the one that was drawn
        self._drawn: tuple[QRectF, Theme] | None = None  # the part of the canvas that was drawn, and in which colours
        self._view, self._scene = view, scene
        self.setFixedSize(SIZE)
        self.setAccessibleName("Minimap")
        self.setToolTip("Click or drag to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        scene.laid_anew.connect(self.draw_anew)

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

    def draw_anew(self) -> None:
        """Shows the network as it is now: another one, or with other nodes selected."""
        self._boxes = None
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme, network, area = self._view.theme, self._view.network(), self._area()
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        if area.isEmpty() or network.isEmpty():
            return
        if self._boxes is None or self._drawn != (network, theme):
            self._boxes, self._drawn = self._drawing(network), (network, theme)
        scale = self._scale(area)
        seen, offset = self._view.seen(), self._offset(area, scale)
        size = self._boxes.deviceIndependentSize()
        share = scale / self._scale(network)
        place = network.center() * scale + offset - QPointF(size.width(), size.height()) * share / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, share < 1)
        painter.drawPixmap(QRectF(place, size * share), self._boxes, QRectF(self._boxes.rect()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 1))
        painter.drawRect(QRectF(seen.topLeft() * scale + offset, seen.size() * scale))

    def _drawing(self, area: QRectF) -> QPixmap:
        """The boxes and frames in a part of the canvas, in the middle; it is kept while the canvas moves."""
        theme, ratio = self._view.theme, self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        scale = self._scale(area)
        offset = self._offset(area, scale)
        for frame in self._scene.frames.items.values():
            place, colour = frame.scene_box(), frame_colour(frame.frame.colour)
            colour.setAlphaF(0.35)
            painter.fillRect(QRectF(place.topLeft() * scale + offset, place.size() * scale), colour)
        for box in self._scene.boxes():
            place = box.scene_box()
            small = QRectF(place.topLeft() * scale + offset, place.size() * scale)
            painter.fillRect(small, QColor(theme.accent) if box.isSelected() else box.colour)
        return drawn

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

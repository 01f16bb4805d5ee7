"""A wire on the canvas, with the shape that travels along it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.values import Value
from workbench.gui.theme import Theme, wire_colour

FAR = 0.55
LEAST_BEND = 36.0


def wire_path(start: QPointF, end: QPointF) -> QPainterPath:
    """A curve that leaves to the right and arrives from the left; the farther, the wider it swings."""
    bend = max(LEAST_BEND, abs(end.x() - start.x()) / 2)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path


class EdgeItem(QGraphicsItem):
    """The picture of one wire."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._path = QPainterPath()
        self._text = ""
        self._colour = wire_colour("map")
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def show(self, start: QPointF, end: QPointF, value: Value | None) -> None:  # type: ignore[override]
        """Lies between two points and says what travels there."""
        self.prepareGeometryChange()
        self._path = wire_path(start, end)
        self._text = str(value) if value and value.shape else ""
        self._colour = wire_colour(value.kind) if value else QColor(self.theme.wrong)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._path.boundingRect().adjusted(-30, -18, 30, 8)

    def shape(self) -> QPainterPath:
        from PyQt6.QtGui import QPainterPathStroker

        stroker = QPainterPathStroker()
        stroker.setWidth(10)
        return stroker.createStroke(self._path)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        colour = QColor(self.theme.accent) if self.isSelected() else self._colour
        painter.setPen(QPen(colour, 2.4 if self.isSelected() else 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if not self._text or zoom < FAR:
            return
        font = QFont()
        font.setPointSizeF(7)
        painter.setFont(font)
        middle = self._path.pointAtPercent(0.5)
        width = painter.fontMetrics().horizontalAdvance(self._text) + 4
        if self._path.boundingRect().width() < width:
            return
        painter.setPen(QColor(self.theme.faint))
        painter.drawText(
            QRectF(middle.x() - width / 2, middle.y() - 16, width, 14), Qt.AlignmentFlag.AlignCenter, self._text
        )

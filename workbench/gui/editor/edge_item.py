"""A wire on the canvas, with the shape that travels along it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.graph import Edge
from workbench.core.values import KINDS, Value
from workbench.gui.editor.painting import TEXT_SIZE, growing
from workbench.gui.theme import Theme, wire_colour

TEXT_FROM = 0.42  # below this zoom the shape is left out
LEAST_BEND, TURN = 36.0, 34.0
DIP = 88.0  # how far below its ends a wire passes that skips boxes
ABOVE = 62.0  # how far above its end a wire runs that comes back to an earlier column: right above the box
HIT = 12.0  # how wide a wire is for the mouse


def wire_path(start: QPointF, end: QPointF, *, skips: bool = False) -> QPainterPath:
    """A curve that leaves to the right and arrives from the left.

    Back to an earlier column it runs between the lines; where it skips boxes on its own height it passes below them.
    """
    path = QPainterPath(start)
    across, down = end.x() - start.x(), end.y() - start.y()
    if across < TURN and abs(down) > 2 * TURN:
        middle = end.y() - ABOVE if down > 2 * ABOVE else start.y() + down / 2
        right, left = start.x() + TURN, end.x() - TURN
        path.cubicTo(QPointF(right, start.y()), QPointF(right, middle), QPointF(start.x(), middle))
        path.lineTo(QPointF(end.x(), middle))
        path.cubicTo(QPointF(left, middle), QPointF(left, end.y()), end)
        return path
    bend = max(LEAST_BEND, abs(across) / 2)
    dip = QPointF(0, DIP * 4 / 3) if skips and abs(down) < DIP else QPointF(0, 0)
    path.cubicTo(start + QPointF(bend, 0) + dip, end - QPointF(bend, 0) + dip, end)
    return path


class EdgeItem(QGraphicsItem):
    """The picture of one wire.

    Attributes:
        edge: as in the document.
        is_lit: whether it shows that something would be put on it.
    """

    def __init__(self, edge: Edge, theme: Theme) -> None:
        super().__init__()
        self.edge, self.theme = edge, theme
        self.is_lit = False
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._hit: QPainterPath | None = None
        self._text = ""
        self._colour = wire_colour("map")
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def lie(self, start: QPointF, end: QPointF, *, skips: bool) -> None:
        """Lies between two points."""
        path = wire_path(start, end, skips=skips)
        if path != self._path:
            self.prepareGeometryChange()
            self._path, self._hit = path, None
            self._bounds = path.boundingRect().adjusted(-30, -20, 30, 10)

    def carry(self, value: Value | None) -> None:
        """Says what travels there; None while that is not known."""
        text = str(value) if value and value.shape else ""
        colour = wire_colour(value.kind) if value else QColor(self.theme.wrong)
        if text == self._text and colour == self._colour:
            return
        self._text, self._colour = text, colour
        self.setToolTip(f"{KINDS[value.kind]}: {value}" if value else "What travels here is not known yet")
        self.update()

    def set_lit(self, lit: bool) -> None:
        """Lights up, or no longer."""
        if lit != self.is_lit:
            self.is_lit = lit
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def shape(self) -> QPainterPath:
        if self._hit is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(HIT)
            self._hit = stroker.createStroke(self._path)
        return self._hit

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        stands_out = self.isSelected() or self.is_lit
        colour = QColor(self.theme.accent) if stands_out else self._colour
        painter.setPen(QPen(colour, 4.0 if self.is_lit else 2.6 if stands_out else 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self._text and zoom >= TEXT_FROM:
            self._paint_text(painter, zoom)

    def _paint_text(self, painter: QPainter, zoom: float) -> None:
        """The shape above the middle of the wire, if the wire is long enough."""
        font = growing(TEXT_SIZE, zoom)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(self._text) + 4
        if self._path.boundingRect().width() < width:
            return
        middle = self._path.pointAtPercent(0.5)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.faint))
        place = QRectF(middle.x() - width / 2, middle.y() - metrics.height() - 2, width, metrics.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._text)

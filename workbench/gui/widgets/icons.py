"""The icons of the run strip, drawn in the colour of the theme."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

SIZE = 32  # drawn twice as large as shown, for dense screens


def icon(name: str, colour: str) -> QIcon:
    """The icon of that name: "play", "pause", "step", "leap" or "stop".

    Drawn and not taken from an icon font: the strip is there before any large library may load.
    """
    pixmap = QPixmap(SIZE, SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for rectangle in RECTANGLES.get(name, ()):
        painter.drawRoundedRect(QRectF(*rectangle), 2, 2)
    for left in TRIANGLES.get(name, ()):
        painter.drawPolygon(QPolygonF([QPointF(left, 6), QPointF(left, 26), QPointF(left + WIDTHS[name], 16)]))
    painter.end()
    return QIcon(pixmap)


RECTANGLES = {
    "pause": ((8, 6, 6, 20), (18, 6, 6, 20)),
    "stop": ((7, 7, 18, 18),),
    "step": ((21, 6, 4, 20),),
    "leap": ((25, 6, 4, 20),),
}
TRIANGLES = {"play": (8,), "step": (6,), "leap": (2, 13)}
WIDTHS = {"play": 18, "step": 14, "leap": 11}

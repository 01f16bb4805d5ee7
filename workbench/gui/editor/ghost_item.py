"""A node that another network has and this one lacks, drawn where it stood there."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.errors import printable
from workbench.core.graph import Node
from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.gui.editor import painting
from workbench.gui.editor.tints import COLOURS
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme

HEIGHT = HEADER + 34.0
SIZE = (WIDTH, HEIGHT)


class GhostItem(QGraphicsItem):
    """A box with a broken outline; it takes no mouse.

    Attributes:
        node: as the other network has it.
    """

    def __init__(self, node: Node, place: tuple[float, float], theme: Theme) -> None:
        super().__init__()
        self.node, self._theme = node, theme
        self.setPos(*place)
        self.setZValue(0.5)
        self.setToolTip(plain_tip(f"{printable(node.name)} ({printable(node.layer)}) is no longer there."))

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, WIDTH, HEIGHT).adjusted(-2, -2, 2, 2)

    def middle(self) -> QPointF:
        """The middle of the box on the canvas."""
        return self.pos() + QPointF(WIDTH / 2, HEIGHT / 2)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        colour, box = QColor(COLOURS["removed"]), QRectF(0, 0, WIDTH, HEIGHT)
        pen = QPen(colour, 2.0, Qt.PenStyle.DashLine)
        if zoom < painting.TEXT_FROM:
            painting.draw_far_box(painter, box, colour, pen, zoom)
            painting.draw_far_name(painter, box, printable(self.node.name), zoom)
            return
        painting.draw_box(painter, box, colour, self._theme, pen)
        painting.draw_header(painter, printable(self.node.name), printable(self.node.layer), zoom)
        painting.draw_line(painter, ["removed"], QRectF(10, HEADER + 5, WIDTH - 20, 20), self._theme.wrong, zoom)

"""A neighbour of the group that one is in: a box at the side that says where wires come from or go to."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.errors import printable
from workbench.core.graph import Port
from workbench.core.groups import Border
from workbench.editing.box_sizes import HEADER
from workbench.gui.editor import painting
from workbench.gui.editor.box_item import BoxItem, row_of
from workbench.gui.editor.painting import NUMBERS_FROM, RADIUS
from workbench.gui.widgets.labels import tip_of_lines
from workbench.gui.widgets.theme import Theme


class NeighbourItem(BoxItem):
    """What a node or a group outside is seen as; it can be wired, and is neither selected nor moved.

    Attributes:
        name: the node's name or the group's prefix.
    """

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__(theme)
        self.name = name
        self._ids: list[str] = []
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, False)

    def update_from(self, ids: list[str], border: Border, kinds: dict[Port, str]) -> None:
        """Shows another state of the neighbour."""
        self._ids = ids
        self.lay_ends(list(border.inputs), [(port, kinds.get(port, "map")) for port in border.outputs])
        rows = max(1, len(border.inputs), len(border.outputs))
        self.set_heights(row_of(rows), row_of(rows), row_of(rows))
        self._role = "to outside" if border.inputs and not border.outputs else "from outside"
        self.setToolTip(tip_of_lines([f"{printable(self.name)}: {self._role}", "Double-click goes there."]))
        self.update()

    @property
    def ids(self) -> list[str]:
        return self._ids

    @property
    def title(self) -> str:
        return self.name

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        theme, box, name = self.theme, self.box(), printable(self.name)
        pen = QPen(QColor(theme.faint), 1.0, Qt.PenStyle.DashLine)
        fill = QColor(theme.panel)
        if zoom < NUMBERS_FROM:
            painting.draw_far_box(painter, box, QColor(theme.faint), QPen(Qt.PenStyle.NoPen), zoom)
            painting.draw_far_name(painter, box, name, zoom)
        else:
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRoundedRect(box, RADIUS, RADIUS)
            painting.draw_line(
                painter, [self._role], box.adjusted(12, HEADER, -12, -2), painting.faint(theme, zoom), zoom
            )
            painting.draw_plain_header(painter, name, theme, zoom)
        if zoom >= NUMBERS_FROM or self.marks:
            self.draw_ports(painter)

"""What every box on the canvas has, be it a node or a folded group: ports, marks on them, a size, a place."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter, QPainterPath
from PyQt6.QtWidgets import QGraphicsItem

from workbench.core.graph import Port
from workbench.editing.box_sizes import HEADER, ROW, WIDTH
from workbench.editing.node_text import Side
from workbench.editing.wire_rules import Mark
from workbench.gui.editor.painting import PORT, TEXT_FROM, draw_port
from workbench.gui.editor.tints import Tint
from workbench.gui.widgets.layer_colours import group_colour, wire_colour
from workbench.gui.widgets.theme import Theme

CATCH = 12.0  # how near to a port the mouse must be, in canvas pixels
CATCH_FAR = 8.4  # and in pixels of the screen, where that is more
MOST_CAUGHT = WIDTH / 4  # so that between the ports of a box there is always something left to take it by
LIT = 4.0  # outline of a box that is meant: something would be done to it, or it is searched for


class BoxItem(QGraphicsItem):
    """A box with ports on its left and right.

    Attributes:
        theme: its colours.
        ends: its ports with side and place in the item's coordinates.
        kinds: kinds of what its output ports give.
        marks: what a wire that is being pulled would be at each port; empty while none is.
        spare: ports that are there only while a wire is pulled or the box is selected.
        tint: what it is coloured by in the place of its kind, or None.
        is_lit: whether it shows that it is meant, by what is dragged over it or by what is searched.
        height: how high the box is.
        tallest: how high it may become, whatever it shows.
        lowest: how high it is without what it shows only at times.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.ends: dict[tuple[Side, Port], QPointF] = {}
        self.kinds: dict[Port, str] = {}
        self.marks: Mapping[tuple[Side, Port], Mark] = {}
        self.spare: frozenset[Port] = frozenset()
        self.tint: Tint | None = None
        self.is_lit = False
        self.height = self.tallest = self.lowest = 0.0
        self.set_heights(HEADER, HEADER, HEADER)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setZValue(1)

    @property
    def ids(self) -> list[str]:
        """The nodes that it stands for."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """What it is called."""
        raise NotImplementedError

    @property
    def own_colour(self) -> QColor:
        """The colour of its kind."""
        return group_colour("Shape")

    @property
    def colour(self) -> QColor:
        """The colour of its header, and of all of it where it is far away."""
        return self.own_colour if self.tint is None else QColor(self.tint.colour)

    def set_tint(self, tint: Tint | None) -> None:
        """Takes a colour for another reason than its kind, or its own again."""
        if tint != self.tint:
            self.tint = tint
            self.update()

    def tinted(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        """Returns numbers with what is said of the colour before them."""
        return (self.tint.text, *numbers) if self.tint is not None and self.tint.text else numbers

    def set_heights(self, height: float, tallest: float, lowest: float) -> None:
        """Takes these heights, and keeps what follows from them: Qt asks for it with every move and repaint."""
        self.tallest, self.lowest = tallest, lowest
        if height == self.height:
            return
        self.prepareGeometryChange()
        self.height = height
        self._box = QRectF(0, 0, WIDTH, height)
        self._bounds = self._box.adjusted(-PORT - 4, -5, PORT + 4, 5)

    def box(self) -> QRectF:
        """The box without its ports, in the item's coordinates."""
        return self._box

    def scene_box(self) -> QRectF:
        """The box on the canvas."""
        return self._box.translated(self.pos())

    def lay_ends(self, inputs: list[Port], outputs: list[tuple[Port, str]]) -> None:
        """Puts the ports in their rows."""
        self.kinds = dict(outputs)
        self.ends = {("in", port): QPointF(0.0, row_of(number)) for number, port in enumerate(inputs)}
        self.ends.update({("out", port): QPointF(WIDTH, row_of(number)) for number, (port, _) in enumerate(outputs)})

    def place_of(self, side: Side, port: Port) -> QPointF:
        """Where a wire meets the port, in the item's coordinates."""
        return self.ends.get((side, port), QPointF(0.0 if side == "in" else WIDTH, row_of(0)))

    def port_at(self, place: QPointF, reach: float = CATCH) -> tuple[Side, Port] | None:
        """The nearest port within reach of a point of the item, or None."""
        near = [((at - place).manhattanLength(), end) for end, at in self.seen_ends().items()]
        best = min(near, key=lambda each: each[0], default=None)
        return best[1] if best is not None and best[0] < reach else None

    def seen_ends(self) -> Mapping[tuple[Side, Port], QPointF]:
        """The ports that are there now."""
        if not self.spare or self.marks or self.isSelected():
            return self.ends
        return {end: place for end, place in self.ends.items() if end[1] not in self.spare}

    def fix_rect(self) -> QRectF:
        """Where the button of the fix is; empty without one."""
        return QRectF()

    def mark(self, marks: Mapping[tuple[Side, Port], Mark]) -> None:
        """Shows what a pulled wire would be at the ports; nothing of the kind if empty."""
        self.marks = marks
        self.update()

    def set_lit(self, lit: bool) -> None:
        """Lights up, or no longer."""
        if lit != self.is_lit:
            self.is_lit = lit
            self.update()

    def draw_ports(self, painter: QPainter) -> None:
        """The ports, with their marks."""
        for (side, port), place in self.seen_ends().items():
            colour = QColor(self.theme.faint) if side == "in" else wire_colour(self.kinds.get(port, "map"))
            draw_port(painter, place, colour, self.theme, self.marks.get((side, port)))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.box().adjusted(-PORT, 0, PORT, 0))
        return path


def reach_of_ports(zoom: float) -> float:
    """Returns how near to a port the mouse must be, in canvas pixels; where ports are not painted none is reached."""
    return min(max(CATCH, CATCH_FAR / zoom), MOST_CAUGHT) if zoom >= TEXT_FROM else 0.0


def row_of(number: int) -> float:
    """How far down the port of that number is."""
    return HEADER + 14.0 + ROW * number

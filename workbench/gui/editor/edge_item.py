"""A wire on the canvas, with the shape that travels along it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.graph import Edge
from workbench.core.values import KINDS, Value
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.painting import FAR_LINE, PORT, TEXT_SIZE, TINY, Label, faint, far_pen, growing, label_of
from workbench.gui.editor.routing import TURN, wire_path
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.layer_colours import wire_colour
from workbench.gui.widgets.theme import Theme

TEXT_FROM = 0.42  # below this zoom the shape is left out
LEVEL = 24.0  # a wire that rises or falls less has its shape above it, any other on it
LABELS_AT = (0.5, 0.43, 0.57, 0.36, 0.64, 0.29, 0.71, 0.22, 0.78, 0.15, 0.85)  # places for a shape along its wire
ONE_CURVE = 4  # elements of a path that goes round nothing
LABEL_Z = 0.1  # the height above other wires of one whose label is shown
HIT = 12.0  # how wide a wire is for the mouse


class EdgeItem(QGraphicsItem):
    """The picture of one wire.

    Attributes:
        edge: as in the document.
        is_lit: whether it shows that something would be put on it.
        goes_round: whether it makes a detour, because boxes stand in its way.
    """

    def __init__(self, edge: Edge, theme: Theme) -> None:
        super().__init__()
        self.edge, self.theme = edge, theme
        self.is_lit = False
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._hit: QPainterPath | None = None
        self._value: Value | None = None
        self._is_told = False  # whether the value was set, in these colours
        self._labelled: tuple[object, tuple[Label, QRectF] | None] | None = None
        self._text = ""
        self._room, self._is_level = 0, True
        self.goes_round, self._label_shown = False, True
        self._colour = wire_colour("map")
        self._rgba = self._colour.rgba()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def set_ends(self, start: QPointF, end: QPointF, *, between: Sequence[QRectF] = (), row: int = 0) -> None:
        """Sets the end points, the second one an input in that row of its box; the wire goes round boxes between."""
        path = wire_path(start, end, between=between, row=row)
        if path != self._path:
            self.prepareGeometryChange()
            self._path, self._hit, self._labelled = path, None, None
            self._room = round(abs(end.x() - start.x()))
            self.goes_round = path.elementCount() > ONE_CURVE and end.x() - start.x() >= TURN
            self._is_level = not self.goes_round and end.x() > start.x() and abs(end.y() - start.y()) < LEVEL
            self._bounds = path.boundingRect().adjusted(-30, -48, 30, 14)

    def set_theme(self, theme: Theme) -> None:
        """Takes another set of colours."""
        self.theme = theme
        self._is_told = False
        self.set_value(self._value)
        self.update()

    def set_value(self, value: Value | None) -> None:
        """Sets the value that travels there; None while it is unknown."""
        if self._is_told and value is self._value:
            return
        self._value, self._is_told = value, True
        text = str(value) if value and value.shape else ""
        colour = wire_colour(value.kind) if value else QColor(self.theme.wrong)
        if text == self._text and colour == self._colour:
            return
        self._text, self._colour, self._rgba = text, colour, colour.rgba()
        self.setToolTip(
            plain_tip(f"{KINDS[value.kind].text}: {value}" if value else "What travels here is not known yet")
        )
        self.update()

    def set_label_shown(self, is_shown: bool) -> None:
        """Shows or hides the label with the shape of the value."""
        self.setZValue(LABEL_Z if is_shown and self.goes_round else 0)
        if is_shown != self._label_shown:
            self._label_shown = is_shown
            self.update()

    def middle(self) -> QPointF:
        """The place half way along the wire."""
        return self._path.pointAtPercent(0.5)

    def is_crossed_by(self, cut: QLineF) -> bool:
        """Whether a straight line crosses the wire."""
        points = [line.at(i) for line in self._path.toSubpathPolygons() for i in range(line.size())]
        pieces = (QLineF(one, other) for one, other in pairwise(points))
        return any(piece.intersects(cut)[0] == QLineF.IntersectionType.BoundedIntersection for piece in pieces)

    def set_lit(self, lit: bool) -> None:
        """Lights up, or no longer."""
        if lit != self.is_lit:
            self.is_lit = lit
            self.update()

    def boundingRect(self) -> QRectF:
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
        if zoom < TINY and not stands_out:
            painter.setPen(far_pen(self._rgba))
            painter.drawPath(self._path)
            return
        colour = QColor(self.theme.accent) if stands_out else self._colour
        width = 4.0 if self.is_lit else 2.6 if stands_out else 1.8
        painter.setPen(QPen(colour, max(width, FAR_LINE / max(zoom, 0.08))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self._text and self._label_shown and zoom >= TEXT_FROM:
            self._paint_text(painter, zoom)

    def label(self, zoom: float) -> tuple[Label, QRectF] | None:
        """The shape and its place: above a wire that is level, and on any other one, where no box is near.

        It is kept while zoom, text and way are the same, and boxes stand where they did.
        """
        scene = self.scene()
        key = (zoom, self._text, getattr(scene, "stamp", None))
        if self._labelled is None or self._labelled[0] != key:
            self._labelled = (key, self._placed_label(zoom))
        return self._labelled[1]

    def _placed_label(self, zoom: float) -> tuple[Label, QRectF] | None:
        label = label_of(self._text, growing(TEXT_SIZE, zoom).pointSizeF(), self._room)
        if label is None or not self._text:
            return None
        middle, height = self._path.pointAtPercent(0.5), label.step * len(label.lines)
        above = 3.0 if label.width < self._room - 2 * PORT else PORT + 1.0  # over the ports, where it is that wide
        place = QRectF(middle.x() - label.width / 2, middle.y() - height - above, label.width, height)
        return label, place if self._is_level else self._clear_place(place)

    def _clear_place(self, place: QRectF) -> QRectF:
        """The place moved onto the wire: to its middle, or else to where no box covers it."""
        for share in LABELS_AT:
            place.moveCenter(self._path.pointAtPercent(share))
            if not self._is_covered(place):
                return place
        place.moveCenter(self._path.pointAtPercent(LABELS_AT[0]))
        return place

    def _is_covered(self, place: QRectF) -> bool:
        scene = self.scene()
        near = scene.items(place, Qt.ItemSelectionMode.IntersectsItemBoundingRect) if scene is not None else []
        return any(isinstance(item, BoxItem) and item.scene_box().intersects(place) for item in near)

    def _paint_text(self, painter: QPainter, zoom: float) -> None:
        found = self.label(zoom)
        if found is None:
            return
        label, place = found
        if not self._is_level:
            painter.fillRect(place.adjusted(-4, 0, 4, 0), QColor(self.theme.canvas))
        painter.setFont(label.font)
        painter.setPen(QColor(faint(self.theme, zoom)))
        for number, line in enumerate(label.lines):
            row = QRectF(place.left() - 8, place.top() + number * label.step, place.width() + 16, label.step)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, line)

"""A node on the canvas: header with name and layer, its numbers, its ports, and its problem with the fix beside it."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.graph import Node
from workbench.gui.theme import Theme, group_colour, wire_colour
from workbench.layers.spec import Layer

WIDTH, HEADER, BODY, RADIUS = 150.0, 26.0, 34.0, 8.0
PROBLEM, FIX = 20.0, 26.0
PORT = 5.0
CATCH = 12.0  # how near to a port the mouse must be, in canvas pixels
FAR, FARTHEST = 0.55, 0.28  # below these zooms small text, then all text is left out


@dataclass(frozen=True)
class Shown:
    """What a node item shows besides the node itself.

    Attributes:
        group: the layer's palette group, "" for an unknown layer.
        inputs: names of the ends of wires on its left.
        outputs: names and kinds of its output ports.
        numbers: one line: shape, parameters, receptive field.
        problem: what is wrong, in a few words, or "".
        fix: the text of its first fix, or "".
    """

    group: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    numbers: str = ""
    problem: str = ""
    fix: str = ""


def input_ends(cls: type[Layer] | None, wired: list[str]) -> tuple[str, ...]:
    """The ends of wires that a node offers: its ports, and one free end more of a variadic one."""
    if cls is None:
        return tuple(wired)
    ends: list[str] = []
    for port in cls.inputs:
        if port.variadic:
            used = sorted(int(end.partition(".")[2]) for end in wired if end.startswith(port.name + "."))
            ends += [f"{port.name}.{number}" for number in used]
            ends.append(f"{port.name}.{(used[-1] + 1) if used else 0}")
        else:
            ends.append(port.name)
    return tuple(ends)


class NodeItem(QGraphicsItem):
    """The picture of one node; it changes nothing but its own position while it is dragged."""

    def __init__(self, node: Node, shown: Shown, theme: Theme) -> None:
        super().__init__()
        self.node, self.shown, self.theme = node, shown, theme
        self.setFlags(
            QGraphicsItem.GraphicsItemFlag.ItemIsMovable
            | QGraphicsItem.GraphicsItemFlag.ItemIsSelectable
            | QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges
        )
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setPos(*node.position)
        self.setZValue(1)
        self._describe()

    def update_from(self, node: Node, shown: Shown) -> None:
        """Shows another state of the node."""
        if node == self.node and shown == self.shown:
            return
        self.prepareGeometryChange()
        self.node, self.shown = node, shown
        if (self.x(), self.y()) != node.position:
            self.setPos(*node.position)
        self._describe()
        self.update()

    def _describe(self) -> None:
        lines = [f"{self.node.name} ({self.node.layer})", self.shown.numbers, self.shown.problem]
        self.setToolTip("\n".join(line for line in lines if line))

    @property
    def height(self) -> float:
        """How high the box is."""
        ports = max(len(self.shown.inputs), len(self.shown.outputs))
        body = max(BODY, 8 + 16.0 * ports)
        return HEADER + body + (PROBLEM if self.shown.problem else 0) + (FIX if self.shown.fix else 0)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(-PORT - 3, -3, WIDTH + 2 * PORT + 6, self.height + 6)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(QRectF(-PORT, 0, WIDTH + 2 * PORT, self.height))
        return path

    def input_place(self, end: str) -> QPointF:
        """Where the wire of that input ends, in the item's coordinates."""
        return QPointF(0.0, self._row(self.shown.inputs.index(end) if end in self.shown.inputs else 0))

    def output_place(self, name: str) -> QPointF:
        """Where wires of that output begin."""
        names = [each for each, _ in self.shown.outputs]
        return QPointF(WIDTH, self._row(names.index(name) if name in names else 0))

    def _row(self, number: int) -> float:
        return HEADER + 14.0 + 16.0 * number

    def port_at(self, place: QPointF) -> tuple[str, str] | None:
        """("in" or "out", port) under a point of the item, or None."""
        for end in self.shown.inputs:
            if (self.input_place(end) - place).manhattanLength() < CATCH:
                return "in", end
        for name, _ in self.shown.outputs:
            if (self.output_place(name) - place).manhattanLength() < CATCH:
                return "out", name
        return None

    def fix_rect(self) -> QRectF:
        """Where the button of the fix is; empty without one."""
        if not self.shown.fix:
            return QRectF()
        return QRectF(8, self.height - FIX, WIDTH - 16, FIX - 6)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        self._paint_box(painter)
        if zoom < FARTHEST:
            return
        self._paint_header(painter, with_layer=zoom >= FAR)
        self._paint_ports(painter)
        if zoom >= FAR:
            self._paint_body(painter)

    def _paint_box(self, painter: QPainter) -> None:
        theme = self.theme
        box = QRectF(0, 0, WIDTH, self.height)
        edge = theme.wrong if self.shown.problem else theme.accent if self.isSelected() else theme.line
        pen = QPen(QColor(edge), 2.0 if self.isSelected() or self.shown.problem else 1.0)
        if self.node.bypass:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.node))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        clip = QPainterPath()
        clip.addRoundedRect(box, RADIUS, RADIUS)
        painter.save()
        painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
        painter.fillRect(QRectF(0, 0, WIDTH, HEADER), group_colour(self.shown.group))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self.isSelected() and self.shown.problem:
            painter.setPen(QPen(QColor(theme.accent), 1.0))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)

    def _paint_header(self, painter: QPainter, *, with_layer: bool) -> None:
        bold, small = _font(9, bold=True), _font(7.5)
        layer_width = QFontMetricsF(small).horizontalAdvance(self.node.layer) if with_layer else 0.0
        room = WIDTH - 20 - layer_width
        if room < 40:
            room, layer_width = WIDTH - 16, 0.0
        painter.setPen(QColor("#ffffff"))
        painter.setFont(bold)
        name = QFontMetricsF(bold).elidedText(self.node.name, Qt.TextElideMode.ElideLeft, room)
        painter.drawText(QRectF(8, 0, room + 4, HEADER), Qt.AlignmentFlag.AlignVCenter, name)
        if layer_width:
            painter.setFont(small)
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(0, 0, WIDTH - 8, HEADER), right, self.node.layer)

    def _paint_ports(self, painter: QPainter) -> None:
        painter.setBrush(QColor(self.theme.node))
        for end in self.shown.inputs:
            painter.setPen(QPen(QColor(self.theme.faint), 1.6))
            painter.drawEllipse(self.input_place(end), PORT, PORT)
        for name, kind in self.shown.outputs:
            painter.setPen(QPen(wire_colour(kind), 1.6))
            painter.drawEllipse(self.output_place(name), PORT, PORT)

    def _paint_body(self, painter: QPainter) -> None:
        theme, small = self.theme, _font(7.5)
        metrics = QFontMetricsF(small)
        painter.setFont(small)
        painter.setPen(QColor(theme.faint))
        if len(self.shown.inputs) > 1:
            for end in self.shown.inputs:
                place = QRectF(9, self.input_place(end).y() - 8, WIDTH - 18, 16)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, end)
        else:
            text = metrics.elidedText(self.shown.numbers, Qt.TextElideMode.ElideRight, WIDTH - 20)
            painter.drawText(QRectF(10, HEADER + 5, WIDTH - 20, 18), Qt.AlignmentFlag.AlignVCenter, text)
        if self.shown.problem:
            top = self.height - PROBLEM - (FIX if self.shown.fix else 0)
            painter.setPen(QColor(theme.wrong))
            text = metrics.elidedText(self.shown.problem, Qt.TextElideMode.ElideRight, WIDTH - 16)
            painter.drawText(QRectF(8, top, WIDTH - 16, PROBLEM), Qt.AlignmentFlag.AlignVCenter, text)
        if self.shown.fix:
            button = self.fix_rect()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(button, 4, 4)
            painter.setPen(QColor(theme.on_accent))
            text = metrics.elidedText(self.shown.fix, Qt.TextElideMode.ElideRight, button.width() - 10)
            painter.drawText(button, Qt.AlignmentFlag.AlignCenter, text)


def _font(size: float, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setPointSizeF(size)
    font.setBold(bold)
    return font

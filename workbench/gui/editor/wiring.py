"""The gesture that pulls a wire: from a port, snapping to the nearest one that fits, to a port or to empty canvas."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.graph import Port
from workbench.editing.adding import LooseEnd
from workbench.editing.node_text import Side
from workbench.editing.wire_rules import Verdict, WireCheck
from workbench.gui.editor.box_item import CATCH, BoxItem
from workbench.gui.editor.changes import CanvasChanges
from workbench.gui.editor.painting import font
from workbench.gui.editor.routing import wire_path
from workbench.gui.widgets.theme import Theme

SNAP, FARTHEST = 34.0, 45.0  # how near to a port the wire jumps to it: in pixels of the screen, and of the canvas
WIDEST_HINT = 340.0


class Wiring:
    """A wire while it is being pulled. Nothing is changed before it is dropped."""

    def __init__(self, changes: CanvasChanges, side: Side, port: Port) -> None:
        """Begins at a port; at a wired input, takes that wire's end off and pulls it."""
        self._changes, self._scene = changes, changes.scene
        scene = changes.scene
        graph, shapes = scene.session.graph, scene.session.analysis.shapes
        cut = next((edge for edge in graph.edges if edge.target == port), None) if side == "in" else None
        self._trial = WireCheck(graph, shapes, LooseEnd(cut.source, "out") if cut else LooseEnd(port, side), cut)
        self._cut_port = port if cut else None
        self._start = self._place_of(self._trial.end.side, self._trial.end.port)
        self._verdicts = self._glances()
        self._snapped: Port | None = None
        self._has_moved = False
        self._wire = QGraphicsPathItem()
        self._wire.setZValue(3)
        self._hint = HintItem(scene.theme)
        scene.addItem(self._wire)
        scene.addItem(self._hint)
        if cut is not None:
            scene.edges[cut].setVisible(False)

    def _place_of(self, side: Side, port: Port) -> QPointF:
        box = self._scene.box_of(port.node)
        return box.mapToScene(box.place_of(side, port))

    def _glances(self) -> dict[Port, Verdict]:
        """The verdict on every port that is seen, shown on the ports."""
        found: dict[Port, Verdict] = {}
        for box in self._scene.all_boxes():
            ports = [port for side, port in box.ends if side == self._trial.side]
            verdicts = {port: self._trial.by_kind(port) for port in ports}
            found |= verdicts
            box.mark({(self._trial.side, port): verdict.mark for port, verdict in verdicts.items()})
        return found

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The wire follows the mouse, or jumps to a port."""
        self._has_moved = True
        self._snapped = self._port_near(place)
        end = self._place_of(self._trial.side, self._snapped) if self._snapped else place
        verdict = self._trial.look(self._snapped) if self._snapped else None
        theme = self._scene.theme
        colour = theme.accent if verdict is None or verdict.mark != "never" else theme.faint
        is_sure = verdict is not None and verdict.mark == "fits"
        pen = QPen(QColor(theme.good if is_sure else colour), 2.4)
        pen.setStyle(
            Qt.PenStyle.DashLine if verdict is not None and verdict.mark == "fixable" else Qt.PenStyle.SolidLine
        )
        self._wire.setPen(pen)
        is_forward = self._trial.end.side == "out"
        self._wire.setPath(wire_path(self._start, end) if is_forward else wire_path(end, self._start))
        self._hint.say(self._text(verdict), place)

    def _text(self, verdict: Verdict | None) -> str:
        if verdict is not None:
            return f"Fits: {verdict.text}" if verdict.mark == "fits" and verdict.text else verdict.text or "Fits"
        return "Let go to cut the wire" if self._trial.cut else "Let go to add a layer here"

    def _port_near(self, place: QPointF) -> Port | None:
        """The nearest port in reach that fits, else one that a fix would make fit, else the one under the mouse."""
        reach = min(SNAP / self._scene.zoom(), FARTHEST)
        area = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        boxes = [item for item in self._scene.items(area.adjusted(-8, -8, 8, 8)) if isinstance(item, BoxItem)]
        far = {
            port: (box.mapToScene(at) - place).manhattanLength()
            for box in boxes
            for (side, port), at in box.ends.items()
            if side == self._trial.side
        }
        near = {port: distance for port, distance in far.items() if distance <= reach}
        if self._cut_port in near and near[self._cut_port] <= reach / 2:
            return self._cut_port
        for mark in ("fits", "fixable"):
            fitting = [port for port in near if self._verdicts[port].mark == mark]
            if fitting:
                return min(fitting, key=near.__getitem__)
        inside = next((box for box in boxes if box.scene_box().contains(place)), None)
        if inside is not None:
            return self._best_of(inside)
        return min((port for port in near if near[port] <= CATCH), key=near.__getitem__, default=None)

    def _best_of(self, box: BoxItem) -> Port | None:
        """The port of a box on which the wire was dropped: the first free one, else the first."""
        ports = [port for side, port in box.ends if side == self._trial.side]
        wired = {edge.target for edge in self._trial.graph.edges} if self._trial.side == "in" else set()
        order = ("fits", "fixable", "never")
        return min(ports, key=lambda port: (order.index(self._verdicts[port].mark), port in wired), default=None)

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Wires it, cuts it, or asks for a layer to put at its end: one step."""
        if not self._has_moved:
            self.cancel()
            return
        self.move(place, modifiers)
        port, trial, changes = self._snapped, self._trial, self._changes
        self.cancel()
        if port is None:
            if trial.cut is not None:
                changes.do(trial.cutting())
            elif not self._scene.box_of(trial.end.port.node).scene_box().contains(place):
                changes.search_for_wire_requested.emit(place, trial.end)
            return
        verdict = trial.look(port)
        if verdict.mark == "never":
            changes.refused.emit(verdict.text)
        elif trial.wire_to(port) not in changes.session.graph.edges:
            changes.do(trial.edit(port))

    def cancel(self) -> None:
        """Everything is as it was."""
        for box in self._scene.all_boxes():
            box.mark({})
        for item in (self._wire, self._hint):
            if item.scene() is not None:
                self._scene.removeItem(item)
        if self._trial.cut is not None and self._trial.cut in self._scene.edges:
            self._scene.edges[self._trial.cut].setVisible(True)


class HintItem(QGraphicsItem):
    """A small text beside the pointer, of one size at every zoom."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text, self._size = "", QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(10)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, place: QPointF) -> None:
        """Says something at a place of the canvas."""
        self.setPos(place)
        if text != self._text:
            self.prepareGeometryChange()
            metrics = QFontMetricsF(font(9))
            self._text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, WIDEST_HINT)
            self._size = QRectF(14, 16, metrics.horizontalAdvance(self._text) + 16, metrics.height() + 8)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._size.adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(QColor(self._theme.field))
        painter.drawRoundedRect(self._size, 4, 4)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(font(9))
        painter.drawText(self._size, Qt.AlignmentFlag.AlignCenter, self._text)

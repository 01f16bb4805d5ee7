"""The gesture that cuts wires: a straight cut with the right button and Ctrl, through every wire that it crosses."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, Qt
from PyQt6.QtGui import QColor, QPen
from PyQt6.QtWidgets import QGraphicsLineItem

from workbench.gui.editor.changes import CanvasChanges
from workbench.gui.editor.edge_item import EdgeItem


class Knife:
    """A cut while it is being made. The document is changed once, when the button is let go."""

    def __init__(self, changes: CanvasChanges, start: QPointF) -> None:
        self._changes, self._scene, self._start = changes, changes.scene, start
        self._crossed: list[EdgeItem] = []
        pen = QPen(QColor(changes.scene.theme.wrong), 2.0)
        pen.setCosmetic(True)
        pen.setStyle(Qt.PenStyle.DashLine)
        self._line = QGraphicsLineItem(QLineF(start, start))
        self._line.setPen(pen)
        self._line.setZValue(4)
        self._scene.addItem(self._line)

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Draws the cut to where the mouse is, and lights up the wires that it crosses."""
        cut = QLineF(self._start, place)
        self._line.setLine(cut)
        crossed = [item for item in self._scene.edges.values() if item.isVisible() and item.is_crossed_by(cut)]
        for item in self._crossed:
            if item not in crossed:
                item.set_lit(False)
        for item in crossed:
            item.set_lit(True)
        self._crossed = crossed

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Cuts the wires, as one step."""
        self.move(place, modifiers)
        wires = [item.edge for item in self._crossed]
        self.cancel()
        self._changes.cut_wires(wires)

    def cancel(self) -> None:
        """Leaves everything as it is."""
        for item in self._crossed:
            if item.scene() is not None:
                item.set_lit(False)
        self._crossed = []
        if self._line.scene() is not None:
            self._scene.removeItem(self._line)

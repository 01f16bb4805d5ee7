"""The gesture that drags boxes: wires and frames follow, and a node without wires may be put on a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, Qt

from workbench.core.drawing import moved
from workbench.core.edits import Several
from workbench.gui.editor.adding import main_ports
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.painting import HEADER, WIDTH
from workbench.layers.spec import find

if TYPE_CHECKING:
    from workbench.gui.editor.scene import Scene

JITTER = 3.0  # a mouse that moves less than this, in pixels of the screen, only clicks


class Moving:
    """Boxes while they are dragged. The document is changed once, when they are dropped."""

    def __init__(self, scene: Scene, boxes: list[BoxItem], start: QPointF) -> None:
        self._scene, self._start = scene, start
        self._from = {box: box.pos() for box in boxes}
        self._wire: EdgeItem | None = None
        self.has_begun = False

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The boxes follow the mouse."""
        step = place - self._start
        if not self.has_begun and step.manhattanLength() * self._scene.zoom() < JITTER:
            return
        self.has_begun = True
        for box, before in self._from.items():
            box.setPos(before + step)
        self._scene.lay_wires({id_ for box in self._from for id_ in box.ids})
        self._light(None if modifiers & Qt.KeyboardModifier.AltModifier else self._wire_below())

    def _light(self, wire: EdgeItem | None) -> None:
        if wire is not self._wire:
            for item, lit in ((self._wire, False), (wire, True)):
                if item is not None:
                    item.set_lit(lit)
            self._wire = wire

    def _wire_below(self) -> EdgeItem | None:
        """The wire on which the node would be put: only a single one that has no wires yet."""
        boxes = list(self._from)
        if len(boxes) != 1 or not isinstance(boxes[0], NodeItem):
            return None
        graph, id_ = self._scene.session.graph, boxes[0].node.id
        if graph.incoming[id_] or graph.outgoing[id_] or main_ports(find(boxes[0].node.layer)) is None:
            return None
        return self._scene.wire_at(boxes[0].pos() + QPointF(WIDTH / 2, HEADER))

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The boxes stay where they are: one step."""
        if not self.has_begun:
            return
        self.move(place, modifiers)
        wire = self._wire
        self._light(None)
        graph, step = self._scene.session.graph, place - self._start
        places = {id_: graph.nodes[id_].position for box in self._from for id_ in box.ids}
        wished = {id_: (x + step.x(), y + step.y()) for id_, (x, y) in places.items()}
        if wire is not None:
            (id_,) = places
            if not self._scene.placing.move_onto(wire.edge, id_, wished[id_]):
                self.cancel()
            return
        edits = moved(graph, wished)
        label = f"Move {graph.nodes[next(iter(places))].name}" if len(places) == 1 else f"Move {len(places)} nodes"
        if edits:
            self._scene.do(edits[0] if len(edits) == 1 else Several(tuple(edits), label))
        else:
            self.cancel()

    def cancel(self) -> None:
        """The boxes go back."""
        self._light(None)
        for box, before in self._from.items():
            box.setPos(before)
        self._scene.lay_wires({id_ for box in self._from for id_ in box.ids})

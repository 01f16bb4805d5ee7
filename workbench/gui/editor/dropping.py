"""A layer that is dragged from the list over the canvas: where it is dropped, or on the wire below the pointer."""

from __future__ import annotations

from PyQt6.QtCore import QPointF

from workbench.gui.editor.adding import added, added_on_wire, main_ports
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.painting import HEADER, WIDTH
from workbench.gui.editor.scene import Scene
from workbench.layers.spec import find


class Dropping:
    """The gesture that puts a dragged layer on the canvas."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._wire: EdgeItem | None = None

    def hover(self, layer: str, place: QPointF) -> None:
        """The pointer is here now: the wire below it lights up if the layer can be put on it."""
        has_way = main_ports(find(layer)) is not None
        self._light(self._scene.wire_at(place) if has_way else None)

    def leave(self) -> None:
        """The pointer has left the canvas."""
        self._light(None)

    def drop(self, layer: str, place: QPointF) -> None:
        """Adds the layer: one step."""
        self.hover(layer, place)
        wire, scene, session = self._wire, self._scene, self._scene.session
        self._light(None)
        corner = (place.x() - WIDTH / 2, place.y() - HEADER / 2)
        made = added_on_wire(session.graph, wire.edge, layer, corner) if wire is not None else None
        edit, node = made or added(session.graph, session.derived.shapes, layer, "", corner)
        if scene.do(edit):
            session.select([node])

    def _light(self, wire: EdgeItem | None) -> None:
        if wire is not self._wire:
            if self._wire is not None and self._wire.scene() is not None:
                self._wire.set_lit(False)
            if wire is not None:
                wire.set_lit(True)
            self._wire = wire

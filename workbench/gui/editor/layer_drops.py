"""A layer that is dragged from the list over the canvas: in a node's place, on a wire, or where there is room."""

from __future__ import annotations

from PyQt6.QtCore import QPointF

from workbench.core.graph import GraphError
from workbench.editing.adding import added, main_ports
from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.editing.replacing import replaced
from workbench.editing.room import free_spot
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.group_item import FoldedItem
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.wiring import HintItem
from workbench.layers.spec import find


class Dropping:
    """The gesture that puts a dragged layer on the canvas."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._lit: EdgeItem | BoxItem | None = None
        self._hint: HintItem | None = None

    def hover(self, layer: str, place: QPointF) -> None:
        """Lights up the node that the layer would replace, or the wire that it would be put on, and says so."""
        box = self._scene.box_at(place)
        wire = self._scene.wire_at(place) if box is None and main_ports(find(layer)) is not None else None
        self._light(box if isinstance(box, NodeItem) else wire)
        self._say(self._text(layer, box, wire), place)

    def leave(self) -> None:
        """Takes the marks away: the pointer has left the canvas."""
        self._light(None)
        self._say("", QPointF())

    def drop(self, layer: str, place: QPointF) -> None:
        """Replaces a node, or adds the layer: one step."""
        self.hover(layer, place)
        lit, scene, session = self._lit, self._scene, self._scene.session
        self.leave()
        if isinstance(lit, NodeItem):
            scene.commands.replace_node(lit.node.id, layer)
            return
        corner = (place.x() - WIDTH / 2, place.y() - HEADER / 2)
        if isinstance(lit, EdgeItem) and scene.placing.put_on(lit.edge, layer, corner):
            return
        free = free_spot(scene.taken(), corner)
        edit, node = added(session.graph, session.analysis.shapes, layer, "", free)
        scene.changes.do_and_select(edit, [node])

    def _text(self, layer: str, box: BoxItem | None, wire: EdgeItem | None) -> str:
        graph, shapes = self._scene.session.graph, self._scene.session.analysis.shapes
        if isinstance(box, NodeItem):
            try:
                return replaced(graph, shapes, box.node.id, layer).text
            except GraphError as refusal:
                return str(refusal)
        if isinstance(box, FoldedItem):
            return "Open the group to replace one of its nodes"
        if wire is not None:
            before, after = graph.nodes[wire.edge.source.node], graph.nodes[wire.edge.target.node]
            return f"Put {layer} between {before.name} and {after.name}"
        return ""

    def _light(self, item: EdgeItem | BoxItem | None) -> None:
        if item is not self._lit:
            if self._lit is not None and self._lit.scene() is not None:
                self._lit.set_lit(False)
            if item is not None:
                item.set_lit(True)
            self._lit = item

    def _say(self, text: str, place: QPointF) -> None:
        """Says something beside the pointer; nothing if there is nothing to say."""
        if self._hint is not None and self._hint.scene() is None:
            self._hint = None
        if text and self._hint is None:
            self._hint = HintItem(self._scene.theme)
            self._scene.addItem(self._hint)
        elif not text and self._hint is not None:
            self._scene.removeItem(self._hint)
            self._hint = None
        if self._hint is not None:
            self._hint.say(text, place)

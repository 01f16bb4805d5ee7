"""What is dragged from the list over the canvas: a layer or block, put on a wire, in a node's place or in free room."""

from __future__ import annotations

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QDropEvent

from workbench.core.graph import Edge, GraphError
from workbench.editing.adding import added, main_ports
from workbench.editing.block_choice import BlockChoice
from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.editing.replacing import replaced
from workbench.editing.room import free_spot
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.group_item import FoldedItem
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.palette import dragged_block, dragged_layer
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.wiring import HintItem
from workbench.layers.spec import find


class Dropping:
    """The gesture that puts a dragged layer on the canvas."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._lit: EdgeItem | BoxItem | None = None
        self._hint: HintItem | None = None

    def hover(self, event: QDropEvent, place: QPointF) -> None:
        """Lights up what would be done with what is dragged, and says so; anything else is left to the window."""
        layer, block = accepted(event)
        if layer:
            self._hover_layer(layer, place)
        elif block is not None:
            self._hover_block(block.title, place)

    def drop(self, event: QDropEvent, place: QPointF) -> bool:
        """Does it; returns whether a layer was added, as one step."""
        layer, block = accepted(event)
        if layer:
            self._drop_layer(layer, place)
        elif block is not None:
            wire = self._hover_block(block.title, place)
            self.leave()
            self._scene.changes.block_dropped.emit(block.key, place, wire)
        return bool(layer)

    def _hover_layer(self, layer: str, place: QPointF) -> None:
        """Lights up the node that the layer would replace, or the wire that it would be put on, and says so."""
        box = self._scene.box_at(place)
        wire = self._scene.wire_at(place) if box is None and main_ports(find(layer)) is not None else None
        self._light(box if isinstance(box, NodeItem) else wire)
        self._say(self._text(layer, box, wire), place)

    def _hover_block(self, title: str, place: QPointF) -> Edge | None:
        """Lights up the wire that a block would be put on, says so, and returns the wire."""
        wire = self._scene.wire_at(place) if self._scene.box_at(place) is None else None
        self._light(wire)
        self._say(self._between(title, wire.edge) if wire is not None else "", place)
        return wire.edge if wire is not None else None

    def leave(self) -> None:
        """Takes the marks away: the pointer has left the canvas."""
        self._light(None)
        self._say("", QPointF())

    def _drop_layer(self, layer: str, place: QPointF) -> None:
        """Replaces a node, or adds the layer: one step."""
        self._hover_layer(layer, place)
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
            return self._between(layer, wire.edge)
        return ""

    def _between(self, what: str, wire: Edge) -> str:
        nodes = self._scene.session.graph.nodes
        return f"Put {what} between {nodes[wire.source.node].name} and {nodes[wire.target.node].name}"

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


def accepted(event: QDropEvent) -> tuple[str, BlockChoice | None]:
    """Takes a layer or a block that is dragged, and gives the one or the other; anything else is left to the window."""
    layer, block = dragged_layer(event.mimeData()), dragged_block(event.mimeData())
    if layer or block is not None:
        event.acceptProposedAction()
    else:
        event.ignore()
    return layer, block

"""The gesture that drags boxes and frames: wires follow; nodes may be put into a group, out of it, or on a wire."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PyQt6.QtCore import QPointF, Qt

from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph_edits import moved
from workbench.core.groups import moved_into, stem_of
from workbench.core.names import is_within
from workbench.editing.adding import main_ports
from workbench.editing.arrangement import behind_members
from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.changes import CanvasChanges
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.free_frame_item import FreeFrameItem
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.placing import Placing
from workbench.gui.editor.wiring import HintItem
from workbench.layers.spec import find

JITTER = 3.0  # a mouse that moves less than this, in pixels of the screen, only clicks


class Moving:
    """Boxes and frames while they are dragged. The document is changed once, when they are dropped."""

    def __init__(
        self,
        changes: CanvasChanges,
        placing: Placing,
        boxes: Sequence[BoxItem],
        start: QPointF,
        frames: Sequence[FreeFrameItem] = (),
        carried: Collection[BoxItem | FreeFrameItem] = (),
    ) -> None:
        """Begins.

        Args:
            changes: by which the document is changed.
            placing: puts a node on a wire.
            boxes: what is dragged.
            start: where the mouse was pressed.
            frames: what is dragged as well; where the mouse holds one of them, it is the first.
            carried: of all of these what the mouse's frame carries with it, and leaves where it is while Alt is held.
        """
        self._changes, self._placing = changes, placing
        self._scene, self._start = changes.scene, start
        self._from: dict[BoxItem | FreeFrameItem, QPointF] = {box: box.pos() for box in boxes}
        self._from.update({frame: frame.pos() for frame in frames})
        self._carried = frozenset(carried)
        self._boxes, self._frames = list(boxes), list(frames)
        self._wire: EdgeItem | None = None
        self._group: str | None = None  # that the dragged nodes would come into; None where they stay in theirs
        self._hint: HintItem | None = None
        self.has_begun = False

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """What is dragged follows the mouse."""
        step = place - self._start
        if not self.has_begun and step.manhattanLength() * self._scene.zoom() < JITTER:
            return
        self.has_begun = True
        left = self._left(modifiers)
        for item, before in self._from.items():
            item.setPos(before if item in left else before + step)
        self._scene.lay_wires({id_ for box in self._boxes for id_ in box.ids})
        self._light(None if modifiers & Qt.KeyboardModifier.AltModifier else self._wire_below())
        self._aim(self._group_meant(place, modifiers))

    def _group_meant(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> str | None:
        """The group that the dragged nodes would be in: that under the mouse, or with Shift the one round theirs.

        Returns:
            None where they stay in the one that they are in; "" for no group.
        """
        if self._frames or not self._boxes or not all(isinstance(box, NodeItem) for box in self._boxes):
            return None
        graph = self._scene.session.graph
        now = {stem_of(graph, graph.nodes[id_].name).rstrip(".") for box in self._boxes for id_ in box.ids}
        if len(now) != 1:
            return None
        own = now.pop()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return stem_of(graph, own).rstrip(".") if own and own != self._scene.levels.inside else None
        below = self._scene.groups.group_at(place, self._boxes)
        return below if below and not is_within(own, below) else None

    def _aim(self, group: str | None) -> None:
        """Says beside the mouse which group the nodes would come into."""
        if group == self._group:
            return
        self._group = group
        if self._hint is not None and self._hint.scene() is not None:
            self._scene.removeItem(self._hint)
        self._hint = None
        if group is not None:
            self._hint = HintItem(self._scene.theme)
            self._scene.addItem(self._hint)
            text = f"Into {group}" if group else "Out of the group"
            self._hint.say(text, self._boxes[0].pos())

    def _left(self, modifiers: Qt.KeyboardModifier) -> Collection[BoxItem | FreeFrameItem]:
        """What stays where it is."""
        return self._carried if modifiers & Qt.KeyboardModifier.AltModifier else ()

    def _light(self, wire: EdgeItem | None) -> None:
        if wire is not self._wire:
            for item, lit in ((self._wire, False), (wire, True)):
                if item is not None:
                    item.set_lit(lit)
            self._wire = wire

    def _wire_below(self) -> EdgeItem | None:
        """The wire on which the node would be put: only a single one that has no wires yet."""
        boxes = self._boxes
        if len(boxes) != 1 or self._frames or not isinstance(boxes[0], NodeItem):
            return None
        graph, id_ = self._scene.session.graph, boxes[0].node.id
        if graph.incoming[id_] or graph.outgoing[id_] or main_ports(find(boxes[0].node.layer)) is None:
            return None
        return self._scene.wire_at(boxes[0].pos() + QPointF(WIDTH / 2, HEADER))

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """What is dragged stays where it is: one step."""
        if not self.has_begun:
            return
        self.move(place, modifiers)
        wire, left, group = self._wire, self._left(modifiers), self._group
        self._light(None)
        self._aim(None)
        graph, step = self._scene.session.graph, place - self._start
        places = {id_: graph.nodes[id_].position for box in self._boxes if box not in left for id_ in box.ids}
        wanted = {id_: (x + step.x(), y + step.y()) for id_, (x, y) in places.items()}
        if wire is not None:
            (id_,) = places
            if not self._placing.move_onto(wire.edge, id_, wanted[id_]):
                self.cancel()
            return
        frames = [item.id for item in self._frames if item not in left]
        edits = [*moved(graph, wanted), *self._scene.frames.moves(frames, (step.x(), step.y()))]
        if group is not None:
            if group in self._scene.groups.folded:
                wanted = behind_members(graph, group, list(places))
                edits = [*moved(graph, wanted)]
            into = moved_into(graph, list(places), group)
            if not self._changes.do(CompositeGraphEdit((*edits, *into.edits), into.label)):
                self.cancel()
            return
        if edits:
            self._changes.do(
                edits[0] if len(edits) == 1 else CompositeGraphEdit(tuple(edits), self._label(list(places), frames))
            )
        else:
            self.cancel()

    def _label(self, nodes: Sequence[str], frames: Sequence[str]) -> str:
        if self._frames and (self._carried or not nodes):
            return self._scene.frames.move_text(frames[0])
        return (
            f"Move {self._scene.session.graph.nodes[nodes[0]].name}" if len(nodes) == 1 else f"Move {len(nodes)} nodes"
        )

    def cancel(self) -> None:
        """Everything goes back."""
        self._light(None)
        self._aim(None)
        for item, before in self._from.items():
            if item.scene() is not None:
                item.setPos(before)
        self._scene.lay_wires({id_ for box in self._boxes for id_ in box.ids})

"""Keeps the boxes of folded groups and the frames of open ones equal to the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF

from workbench.core.errors import shown
from workbench.core.graph import Node
from workbench.core.groups import border, folded_over, open_groups
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.describing import describe_group
from workbench.gui.editor.group_item import FoldedItem, FrameItem
from workbench.gui.theme import Theme

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems


class GroupItems:
    """The items of groups.

    Attributes:
        folded: boxes of folded groups that are seen, by prefix.
        frames: frames of open groups, by prefix.
        hidden: for each node that is not seen, the prefix of the box that stands for it.
    """

    def __init__(self, scene: SceneItems) -> None:
        self._scene = scene
        self.folded: dict[str, FoldedItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.hidden: Mapping[str, str] = {}
        self._open: Mapping[str, list[Node]] = {}

    def sync(self) -> None:
        """Makes, changes and takes away items until they show the document."""
        derived = self._scene.session.derived
        graph = derived.graph
        self.hidden = folded_over(graph)
        inside: dict[str, list[Node]] = {}
        for id_, prefix in self.hidden.items():
            inside.setdefault(prefix, []).append(graph.nodes[id_])
        self._open = open_groups(graph)
        for gone in [prefix for prefix in self.folded if prefix not in inside]:
            self._scene.removeItem(self.folded.pop(gone))
        for gone in [prefix for prefix in self.frames if prefix not in self._open]:
            self._scene.removeItem(self.frames.pop(gone))
        for prefix, nodes in inside.items():
            if prefix not in self.folded:
                self.folded[prefix] = FoldedItem(prefix, self._scene.theme)
                self._scene.addItem(self.folded[prefix])
            item, ids = self.folded[prefix], [node.id for node in nodes]
            item.update_from(ids, describe_group(derived, prefix, nodes, border(graph, set(ids))))
            item.setPos(*middle(nodes))
        for prefix in self._open:
            if prefix not in self.frames:
                self.frames[prefix] = FrameItem(prefix, self._scene.theme)
                self._scene.addItem(self.frames[prefix])

    def lay_frames(self) -> None:
        """Frames go round their boxes, inner ones first, so that an outer one goes round the inner ones too."""
        areas: dict[str, QRectF] = {}
        for prefix in sorted(self._open, key=lambda each: -each.count(".")):
            nodes, record = self._open[prefix], self._scene.session.graph.groups[prefix]
            boxes: dict[int, BoxItem] = {}
            for node in nodes:
                box = self._scene.box_of(node.id)
                boxes[id(box)] = box
            within = [area for inner, area in areas.items() if inner.startswith(prefix + ".")]
            title = shown(record.title or prefix.rpartition(".")[2])
            frame = self.frames[prefix]
            frame.update_from(title, record.colour, [*(box.scene_box() for box in boxes.values()), *within])
            areas[prefix] = frame.area()

    def boxes_of(self, prefix: str) -> list[BoxItem]:
        """The boxes that stand inside an open group."""
        found = {id(box): box for node in self._open.get(prefix, ()) for box in [self._scene.box_of(node.id)]}
        return list(found.values())

    def set_theme(self, theme: Theme) -> None:
        """Draws the groups in another set of colours."""
        items: list[FoldedItem | FrameItem] = [*self.folded.values(), *self.frames.values()]
        for item in items:
            item.theme = theme
            item.update()


def middle(nodes: list[Node]) -> tuple[float, float]:
    """Where the box of a folded group stands: in the middle of its nodes."""
    xs, ys = [node.position[0] for node in nodes], [node.position[1] for node in nodes]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2

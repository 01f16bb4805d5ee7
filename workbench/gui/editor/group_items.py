"""Keeps the boxes of folded groups and the frames of open ones equal to the document."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtWidgets import QGraphicsScene

from workbench.core.graph import Port
from workbench.core.groups import border, left_by, middle
from workbench.editing.box_sizes import WIDTH
from workbench.editing.node_text import group_text, title_of_group
from workbench.gui.document.session import Session
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.group_item import FoldedItem, FrameItem
from workbench.gui.editor.levels import Levels
from workbench.gui.editor.neighbour_item import NeighbourItem
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.widgets.theme import Theme

ASIDE, BELOW = 90.0, 30.0  # free space between neighbours and the nodes inside, and below each of them


class GroupItems:
    """The items of groups.

    Attributes:
        folded: boxes of folded groups that are seen, by prefix.
        frames: frames of open groups, by prefix.
        neighbours: boxes of what outside is wired to the group that one is in, by name.
    """

    def __init__(
        self, scene: QGraphicsScene, session: Session, levels: Levels, nodes: Mapping[str, NodeItem], theme: Theme
    ) -> None:
        """Prepares for a scene that shows no group yet.

        Args:
            scene: takes the items.
            session: holds the document.
            levels: say what is seen.
            nodes: the items of all nodes by id, as they come and go.
            theme: colours to begin with.
        """
        self._scene, self._session, self._levels = scene, session, levels
        self._nodes, self._theme = nodes, theme
        self.folded: dict[str, FoldedItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.neighbours: dict[str, NeighbourItem] = {}

    def sync(self) -> None:
        """Makes, changes and takes away items until they show the document."""
        analysis, inside = self._session.analysis, self._levels.folded
        graph = analysis.graph
        for gone in [prefix for prefix in self.folded if prefix not in inside]:
            self._scene.removeItem(self.folded.pop(gone))
        for gone in [prefix for prefix in self.frames if prefix not in self._levels.open]:
            self._scene.removeItem(self.frames.pop(gone))
        for prefix, nodes in inside.items():
            if prefix not in self.folded:
                self.folded[prefix] = FoldedItem(prefix, self._theme)
                self._scene.addItem(self.folded[prefix])
            item, ids = self.folded[prefix], [node.id for node in nodes]
            ports = border(graph, set(ids))
            item.update_from(ids, group_text(analysis, prefix, nodes, ports))
            item.end = left_by(graph, ids, ports)
            item.setPos(*(graph.groups[prefix].position or middle(nodes)))
        self.show_pictures()
        for prefix in self._levels.open:
            if prefix not in self.frames:
                self.frames[prefix] = FrameItem(prefix, self._theme)
                self._scene.addItem(self.frames[prefix])
        self._sync_neighbours()

    def show_pictures(self) -> None:
        """Shows on each folded box the picture of the node by which its group is left."""
        for box in self.folded.values():
            end = self._nodes.get(box.end)
            box.set_picture(end.picture if end is not None else None)

    def _sync_neighbours(self) -> None:
        """Makes the boxes of what is outside, and puts those that feed the group on its left, the others on its right.

        Each stands as high as the first node inside that it is wired to, or below the one before.
        """
        analysis, borders = self._session.analysis, self._levels.outside.borders
        for gone in [name for name in self.neighbours if name not in borders]:
            self._scene.removeItem(self.neighbours.pop(gone))
        for name, ports in borders.items():
            if name not in self.neighbours:
                self.neighbours[name] = NeighbourItem(name, self._theme)
                self._scene.addItem(self.neighbours[name])
            ids = [id_ for id_, stand_in in self._levels.outside.stand_ins.items() if stand_in == name]
            values = analysis.shapes.values
            kinds = {port: values[port].kind for port in ports.outputs if port in values}
            self.neighbours[name].update_from(ids, ports, kinds)
        boxes = [box.scene_box() for box in self.boxes()] if borders else []
        if not boxes:
            return
        left = min(box.left() for box in boxes) - ASIDE - WIDTH
        right = max(box.right() for box in boxes) + ASIDE
        free: dict[float, float] = {}
        for top, name in sorted((self._top_of(name), name) for name in borders):
            item, x = self.neighbours[name], left if borders[name].outputs else right
            y = max(top, free.get(x, top))
            item.setPos(x, y)
            free[x] = y + item.height + BELOW

    def _top_of(self, name: str) -> float:
        """How high the first box inside stands that a neighbour is wired to."""
        outside = self._levels.outside
        ports = {*outside.borders[name].inputs, *outside.borders[name].outputs}
        wires = (edge for edge in self._session.graph.edges if edge not in outside.wires)
        ends = [edge.target if edge.source in ports else edge.source for edge in wires
                if edge.source in ports or edge.target in ports]  # fmt: skip
        return min(self.box_of(port.node).y() for port in ends)

    def merged(self) -> set[Port]:
        """Input ports of folded groups that are drawn at another one with the same source."""
        incoming = self._session.graph.incoming
        return {
            port
            for box in self.folded.values()
            for port, first in box.shown.merged.items()
            if incoming[port.node].get(port.name) == incoming[first.node].get(first.name)
        }

    def boxes(self) -> list[BoxItem]:
        """Everything on this level that is seen as a box: nodes and folded groups."""
        away = self._levels.hidden.keys() | self._levels.outside.ids
        return [*(item for id_, item in self._nodes.items() if id_ not in away), *self.folded.values()]

    def box_of(self, id_: str) -> BoxItem:
        """The box that stands for a node: its own, or that of the folded group or of the neighbour that it is in."""
        name = self._levels.hidden.get(id_, "")
        return self.folded.get(name) or self.neighbours.get(name) or self._nodes[id_]

    def areas(self) -> list[QRectF]:
        """What the frames of open groups cover of the canvas."""
        return [frame.area() for frame in self.frames.values()]

    def group_at(self, place: QPointF, without: Collection[BoxItem]) -> str:
        """The innermost group at a place, open or folded, but for some boxes; "" where there is none."""
        boxes = [
            prefix for prefix, box in self.folded.items() if box not in without and box.scene_box().contains(place)
        ]
        frames = [prefix for prefix, frame in self.frames.items() if frame.area().contains(place)]
        return max([*boxes, *frames], key=lambda prefix: prefix.count("."), default="")

    def lay_frames(self, ids: Collection[str] | None = None) -> None:
        """Frames go round their boxes, inner ones first, so that an outer one goes round the inner ones too.

        Args:
            ids: the nodes whose boxes were moved; all if None.
        """
        areas = {prefix: frame.area() for prefix, frame in self.frames.items()}
        for prefix in sorted(self._levels.open, key=lambda each: -each.count(".")):
            nodes, record = self._levels.open[prefix], self._session.graph.groups[prefix]
            if ids is not None and not any(node.id in ids for node in nodes):
                continue
            boxes: dict[int, BoxItem] = {}
            for node in nodes:
                box = self.box_of(node.id)
                boxes[id(box)] = box
            within = [area for inner, area in areas.items() if inner.startswith(prefix + ".")]
            frame, title = self.frames[prefix], title_of_group(self._session.graph, prefix)
            frame.update_from(title, record.colour, [*(box.scene_box() for box in boxes.values()), *within])
            areas[prefix] = frame.area()

    def boxes_of(self, prefix: str) -> list[BoxItem]:
        """The boxes that stand inside an open group."""
        found = {id(box): box for node in self._levels.open.get(prefix, ()) for box in [self.box_of(node.id)]}
        return list(found.values())

    def set_theme(self, theme: Theme) -> None:
        """Draws the groups in another set of colours."""
        self._theme = theme
        items: list[BoxItem | FrameItem] = [
            *self.folded.values(), *self.neighbours.values(), *self.frames.values()
        ]  # fmt: skip
        for item in items:
            item.theme = theme
            item.update()

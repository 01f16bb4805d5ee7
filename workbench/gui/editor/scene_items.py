"""The items of the canvas, made from the document and kept equal to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPointF, QRectF, QSizeF
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QGraphicsScene

from workbench.core.graph import Edge, Port
from workbench.core.groups import hidden_wires
from workbench.editing.arrangement import Arrangement, OpenGroup
from workbench.editing.box_sizes import ROW, WIDTH
from workbench.editing.node_text import node_text, texts_of_losses
from workbench.gui.document.session import Session
from workbench.gui.editor.box_item import BoxItem, row_of
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.free_frame_item import FrameLabel
from workbench.gui.editor.free_frames import FreeFrames, standing_box, text_height
from workbench.gui.editor.group_items import GroupItems
from workbench.gui.editor.levels import Levels
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.theme import Theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARGIN = 600.0  # of free canvas round the network
REACH = 400.0  # how far above and below its ends a wire goes round boxes
NEAR_WIRE = 14.0  # how near to a wire a layer must be dropped to be put on it


class SceneItems(QGraphicsScene):
    """Nodes, groups and wires of the session's graph as items; it changes nothing.

    Attributes:
        nodes: the items of all nodes by id; those in a folded group are hidden.
        edges: the items of all wires.
        groups: frames and boxes of groups.
        levels: which group is shown from inside.
        frames: frames and notes that belong to no group.
    """

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.theme = session, theme
        self.nodes: dict[str, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self.levels = Levels(session, self)
        self.levels.left.connect(self.sync)
        self.groups = GroupItems(self, session, self.levels, self.nodes, theme)
        self._unseen: set[Edge] = set()
        self.frames = FreeFrames(self, session, self.levels, self.boxes, theme)
        self._wires_of: dict[str, list[EdgeItem]] = {}
        self._wired: tuple[Edge, ...] | None = None
        self._is_syncing = False
        self.setBackgroundBrush(QColor(theme.canvas))

    def set_theme(self, theme: Theme) -> None:
        """Draws everything in another set of colours."""
        self.theme = theme
        self.setBackgroundBrush(QColor(theme.canvas))
        items: list[NodeItem | EdgeItem] = [*self.nodes.values(), *self.edges.values()]
        for item in items:
            item.theme = theme
            item.update()
        self.groups.set_theme(theme)
        self.frames.set_theme(theme)
        self._sync_edges()

    def sync(self) -> None:
        """Makes, moves and takes away items until they show the document."""
        self._is_syncing = True
        before, outside = self.levels.hidden, self.levels.outside
        self.levels.refresh()
        moved = self._sync_nodes()
        self.groups.sync()
        for id_, item in self.nodes.items():
            item.setVisible(self.levels.is_here(id_) and id_ not in self.levels.hidden)
        has_other_wires = self._sync_edges()
        is_folded_otherwise = self.levels.hidden != before or self.levels.outside != outside
        is_all = has_other_wires or is_folded_otherwise or bool(self.groups.folded or self.groups.neighbours)
        self.frames.sync()
        self.lay_wires(None if is_all else moved | self._in_the_way(moved))
        self._is_syncing = False
        self.sync_selection()
        self.levels.tell()

    def _sync_nodes(self) -> set[str]:
        """The items of the nodes; gives the ids of those that moved."""
        analysis = self.session.analysis
        graph, problems, moved = analysis.graph, analysis.first_problems, set()
        for id_ in [id_ for id_ in self.nodes if id_ not in graph.nodes]:
            self.removeItem(self.nodes.pop(id_))
        for node in graph:
            shown = node_text(analysis, node, problems.get(node.name))
            if node.id not in self.nodes:
                self.nodes[node.id] = NodeItem(node, shown, self.theme)
                self.addItem(self.nodes[node.id])
                moved.add(node.id)
            elif self.nodes[node.id].update_from(node, shown):
                moved.add(node.id)
        return moved

    def _sync_edges(self) -> bool:
        """The items of the wires; says whether there are others than before."""
        graph = self.session.graph
        is_other = graph.edges != self._wired
        if is_other:
            self._wired = graph.edges
            wanted = set(graph.edges)
            for edge in [edge for edge in self.edges if edge not in wanted]:
                self.removeItem(self.edges.pop(edge))
            for edge in graph.edges:
                if edge not in self.edges:
                    self.edges[edge] = EdgeItem(edge, self.theme)
                    self.addItem(self.edges[edge])
            self._wires_of = {id_: [] for id_ in graph.nodes}
            for edge, item in self.edges.items():
                self._wires_of[edge.source.node].append(item)
                self._wires_of[edge.target.node].append(item)
        self._unseen = hidden_wires(graph, self.levels.hidden) | self.levels.outside.wires
        values = self.session.analysis.shapes.values
        for edge, item in self.edges.items():
            item.setVisible(edge not in self._unseen)
            item.set_value(values.get(edge.source))
        return is_other

    def lay_wires(self, ids: Collection[str] | None = None) -> None:
        """Puts the wires of these nodes, or all, where their ports are, and frames round their boxes."""
        items = self.edges.values() if ids is None else [item for id_ in ids for item in self._wires_of.get(id_, ())]
        for item in items:
            edge = item.edge
            if edge in self._unseen:
                continue
            source, target = self.box_of(edge.source.node), self.box_of(edge.target.node)
            start = source.pos() + source.place_of("out", edge.source)
            end = target.pos() + target.place_of("in", edge.target)
            row = round((end.y() - target.y() - row_of(0)) / ROW)
            item.set_ends(start, end, between=self._between(source, target, start, end), row=row)
        self._tell_once()
        self.groups.lay_frames()
        self._grow_rect()

    def _in_the_way(self, moved: Collection[str]) -> set[str]:
        """The nodes from which wires go that pass the boxes of these nodes, or went round where they were."""
        if not moved:
            return set()
        passing = {item for id_ in moved for item in self.items(self.box_of(id_).scene_box())}
        return {edge.source.node for edge, item in self.edges.items() if item.goes_round or item in passing}

    def _tell_once(self) -> None:
        """Shows the label of one of the wires from a port that lie together.

        Where they go round boxes it is the longest; where they end at one box, the first.
        """
        first: dict[tuple[Port, int], EdgeItem] = {}
        longest: dict[Port, EdgeItem] = {}
        for item in self.edges.values():
            if item.goes_round and item.isVisible():
                best = longest.setdefault(item.edge.source, item)
                if item.boundingRect().right() > best.boundingRect().right():
                    longest[item.edge.source] = item
            elif item.isVisible():
                first.setdefault((item.edge.source, id(self.box_of(item.edge.target.node))), item)
        told = {*longest.values(), *first.values()}
        for item in self.edges.values():
            item.set_label_shown(item in told)

    def _between(self, source: BoxItem, target: BoxItem, start: QPointF, end: QPointF) -> list[QRectF]:
        """The boxes between the ends of a wire, as high as they may become."""
        if end.x() - start.x() < WIDTH:
            return []  # nothing has room there
        area = QRectF(start, end).normalized().adjusted(0, -REACH, 0, REACH)
        boxes = [item for item in self.items(area) if isinstance(item, BoxItem) and item not in (source, target)]
        return [QRectF(box.pos(), QSizeF(WIDTH, box.tallest)) for box in boxes]

    def _grow_rect(self) -> None:
        """As much canvas as the boxes need, and a margin to move in; it changes only when a box comes near its end."""
        bounds = self.bounds().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        if not self.sceneRect().contains(bounds.adjusted(MARGIN / 2, MARGIN / 2, -MARGIN / 2, -MARGIN / 2)):
            self.setSceneRect(bounds)

    def lay_ground(self, network: QRectF, width: float, height: float) -> None:
        """Lays as much canvas round the network as a view of that size needs to have any part of it in its middle."""
        x, y = max(MARGIN, width), max(MARGIN, height)
        self.setSceneRect(network.adjusted(-x, -y, x, y))

    def bounds(self) -> QRectF:
        """What the boxes and frames cover."""
        boxes = [box.scene_box() for box in self.all_boxes()] + [frame.area() for frame in self.groups.frames.values()]
        boxes += self.frames.areas()
        if not boxes:
            return QRectF()
        left, top = min(box.left() for box in boxes), min(box.top() for box in boxes)
        return QRectF(QPointF(left, top), QPointF(max(b.right() for b in boxes), max(b.bottom() for b in boxes)))

    def painted_area(self) -> QRectF:
        """What everything covers, with wires, and without the names that are painted only far away."""
        area = QRectF()
        for item in self.items():
            area = area if isinstance(item, FrameLabel) else area.united(item.sceneBoundingRect())
        return area

    def boxes(self) -> list[BoxItem]:
        """Everything on this level that is seen as a box: nodes and folded groups."""
        return self.groups.boxes()

    def all_boxes(self) -> list[BoxItem]:
        """The boxes of this level, and those of what outside is wired to them."""
        return [*self.boxes(), *self.groups.neighbours.values()]

    def box_of(self, id_: str) -> BoxItem:
        """The box that stands for a node: its own, or that of the folded group or of the neighbour that it is in."""
        return self.groups.box_of(id_)

    def arrangement(self) -> Arrangement:
        """Returns where everything stands, for edits of places."""
        boxes = {box.ids[0]: standing_box(box) for box in self.boxes() if box.ids}
        neighbours = {box.ids[0]: standing_box(box) for box in self.groups.neighbours.values() if box.ids}
        groups = {}
        for prefix, frame in self.groups.frames.items():
            area = frame.area()
            keys = tuple(box.ids[0] for box in self.groups.boxes_of(prefix) if box.ids)
            groups[prefix] = OpenGroup((area.x(), area.y(), area.width(), area.height()), keys)
        folded = {prefix: box.ids[0] for prefix, box in self.groups.folded.items() if box.ids}
        return Arrangement(self.session.graph, boxes, neighbours, groups, folded, self.frames.here, text_height)

    def zoom(self) -> float:
        """How many pixels of the screen a pixel of the canvas has."""
        views = self.views()
        return views[0].transform().m11() if views else 1.0

    def box_at(self, place: QPointF) -> BoxItem | None:
        """The box at a place of the canvas, or None."""
        return next((box for box in self.all_boxes() if box.scene_box().contains(place)), None)

    def taken(self, without: Collection[str] = ()) -> list[tuple[float, float, float, float]]:
        """Where boxes are, as high as they may become, without those of some nodes, and where notes are."""
        boxes = [box for box in self.all_boxes() if not box.ids or box.ids[0] not in without]
        return [*((box.x(), box.y(), WIDTH, box.tallest) for box in boxes), *self.frames.notes()]

    def wire_at(self, place: QPointF) -> EdgeItem | None:
        """The wire at a place of the canvas, or None."""
        area = QRectF(place.x() - NEAR_WIRE, place.y() - NEAR_WIRE, 2 * NEAR_WIRE, 2 * NEAR_WIRE)
        return next((item for item in self.items(area) if isinstance(item, EdgeItem)), None)

    def set_thumbnails(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """Shows pictures, rows of red, green and blue bytes, on the nodes with these ids, and on no others."""
        for id_, item in self.nodes.items():
            picture = pictures.get(id_)
            item.set_picture(None if picture is None else image_of(picture))
        self.groups.show_pictures()
        self.groups.lay_frames()

    def clear_thumbnails(self) -> None:
        """Takes the pictures off the nodes."""
        self.set_thumbnails({})

    def set_losses(self, losses: Mapping[str, str]) -> None:
        """Shows the latest values on the loss nodes with these ids, and on no others."""
        texts = texts_of_losses(losses)
        for id_, item in self.nodes.items():
            item.set_loss(texts.get(id_, ""))

    def sync_selection(self) -> None:
        """Marks the boxes of the selected nodes; that of a folded group if all its nodes are."""
        self._is_syncing = True
        chosen = set(self.session.selection)
        for box in self.boxes():
            box.setSelected(bool(box.ids) and chosen.issuperset(box.ids))
        self._is_syncing = False

"""The items of the canvas, made from the document and kept equal to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QGraphicsScene, QGraphicsSceneHelpEvent

from workbench.core.graph import Edge
from workbench.editing.arrangement import Arrangement, OpenGroup
from workbench.editing.box_sizes import WIDTH
from workbench.editing.node_text import node_text, text_source, texts_of_losses
from workbench.gui.document.session import Session
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.free_frame_item import FrameLabel
from workbench.gui.editor.free_frames import FreeFrames, standing_box, text_height
from workbench.gui.editor.group_items import GroupItems
from workbench.gui.editor.levels import Levels
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.wire_items import WireItems
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.theme import Theme
from workbench.model.receptive_field import ReceptiveField

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARGIN = 600.0  # of free canvas round the network
NEAR_WIRE = 14.0  # how near to a wire a layer must be dropped to be put on it


@dataclass
class NodeChanges:
    """What became of the items of nodes.

    Attributes:
        new: the nodes that had none.
        described: those whose item says something else now, or stands elsewhere.
        moved: those that stand elsewhere, or whose ports do.
        has_other_nodes: whether some came or went.
        looks_other: whether a box has another height or colour.
    """

    new: set[str] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    has_other_nodes: bool = False
    looks_other: bool = False


class SceneItems(QGraphicsScene):
    """Nodes, groups and wires of the session's graph as items; it changes nothing.

    Signals:
        laid_anew(): boxes stand elsewhere, or are of other heights or colours.

    Attributes:
        nodes: the items of all nodes by id; those in a folded group are hidden.
        wires: keeps the items of all wires.
        groups: frames and boxes of groups.
        levels: which group is shown from inside.
        frames: frames and notes that belong to no group.
        stamp: another number whenever boxes stand elsewhere or are of other heights.
    """

    laid_anew = pyqtSignal()

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.theme = session, theme
        self.nodes: dict[str, NodeItem] = {}
        self.levels = Levels(session, self)
        self.levels.left.connect(self.sync)
        self.groups = GroupItems(self, session, self.levels, self.nodes, theme)
        self.wires = WireItems(self, session, self.levels, self.groups, theme)
        self.frames = FreeFrames(self, session, self.levels, self.boxes, theme)
        self.stamp = 0
        self._boxes_cover: QRectF | None = None  # None: something was moved since it was known
        self._is_syncing = False
        self.setBackgroundBrush(QColor(theme.canvas))

    def set_theme(self, theme: Theme) -> None:
        """Draws everything in another set of colours."""
        self.theme = theme
        self.setBackgroundBrush(QColor(theme.canvas))
        for item in self.nodes.values():
            item.theme = theme
            item.update()
        self.wires.set_theme(theme)
        self.groups.set_theme(theme)
        self.frames.set_theme(theme)

    @property
    def edges(self) -> Mapping[Edge, EdgeItem]:
        """The items of all wires."""
        return self.wires.items

    def sync(self) -> None:
        """Makes, moves and takes away items until they show the document."""
        self._is_syncing = True
        before, outside = self.levels.hidden, self.levels.outside
        self.levels.refresh()
        changes = self._sync_nodes()
        self.groups.sync()
        is_seen_otherwise = self.levels.hidden != before or self.levels.outside != outside
        for id_ in self.nodes if is_seen_otherwise else changes.new:
            self.nodes[id_].setVisible(self.levels.is_here(id_) and id_ not in self.levels.hidden)
        has_other_wires = self.wires.sync()
        is_all = has_other_wires or is_seen_otherwise or bool(self.groups.folded or self.groups.neighbours)
        self.frames.sync()
        if is_all or changes.has_other_nodes:
            self.wires.grid.refill(self.all_boxes())
        else:
            for id_ in changes.described:
                self.wires.grid.put(self.nodes[id_])
        self.lay_wires(None if is_all else changes.moved | self.wires.in_the_way(changes.moved))
        self.groups.lay_frames()
        self._is_syncing = False
        if is_all or changes.has_other_nodes:
            self.sync_selection()
        elif changes.moved or changes.looks_other:
            self.note_laid_anew()
        self.levels.tell()

    def note_laid_anew(self) -> None:
        """Says that boxes stand elsewhere now, or are of other heights or colours."""
        self.stamp += 1
        self.laid_anew.emit()

    def _sync_nodes(self) -> NodeChanges:
        """The items of the nodes; only those are touched of which something is said that is another object."""
        analysis, items = self.session.analysis, self.nodes
        graph, problems = analysis.graph, analysis.first_problems
        gone = [id_ for id_ in items if id_ not in graph.nodes]
        for id_ in gone:
            self.removeItem(items.pop(id_))
        changes = NodeChanges(has_other_nodes=bool(gone))
        for id_, node in graph.nodes.items():
            problem = problems.get(node.name)
            source, item = text_source(analysis, node, problem), items.get(id_)
            if item is not None:
                item.check_field(analysis.receptive_fields)
                if item.source == source:
                    continue
            changes.described.add(id_)
            if item is None:
                items[id_] = item = NodeItem(node, node_text(analysis, node, problem), self._field_of, self.theme)
                self.addItem(item)
                changes.new.add(id_)
            else:
                before = item.height, item.shown.group
                changes.moved |= {id_} if item.update_from(node, node_text(analysis, node, problem)) else set()
                changes.looks_other |= before != (item.height, item.shown.group)
            item.source = source
        changes.moved |= changes.new
        changes.has_other_nodes |= bool(changes.new)
        return changes

    def _field_of(self, id_: str) -> ReceptiveField | None:
        """The receptive field of a node, which is asked for where it is painted."""
        return self.session.analysis.receptive_fields.get(id_)

    def lay_wires(self, ids: Collection[str] | None = None) -> None:
        """Puts the wires of these nodes, or all, where their ports are, and frames round their boxes."""
        boxes = self.all_boxes() if ids is None else [self.box_of(id_) for id_ in ids]
        for box in boxes:
            self.wires.grid.put(box)
        self.wires.lay(ids)
        self.groups.lay_frames(ids)
        self._boxes_cover = None
        if boxes or ids is None:
            self._grow_rect(self.bounds() if ids is None else covered([box.scene_box() for box in boxes]))
        if ids is None:
            self.note_laid_anew()

    def _grow_rect(self, area: QRectF) -> None:
        """As much canvas as that needs, and a margin to move in; it changes only when a box comes near its end."""
        frames = [*self.groups.areas(), *self.frames.areas()]
        needed = covered([area, *frames]).adjusted(-MARGIN / 2, -MARGIN / 2, MARGIN / 2, MARGIN / 2)
        if not self.sceneRect().contains(needed):
            self.setSceneRect(self.bounds().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))

    def lay_ground(self, network: QRectF, width: float, height: float) -> None:
        """Lays as much canvas round the network as a view of that size needs to have any part of it in its middle."""
        x, y = max(MARGIN, width), max(MARGIN, height)
        self.setSceneRect(network.adjusted(-x, -y, x, y))

    def bounds(self) -> QRectF:
        """What the boxes and frames cover."""
        if self._boxes_cover is None:
            self._boxes_cover = covered([*(box.scene_box() for box in self.all_boxes()), *self.groups.areas()])
        return covered([self._boxes_cover, *self.frames.areas()])

    def painted_area(self) -> QRectF:
        """What everything covers, with wires, and without the names that are painted only far away."""
        area = QRectF()
        for item in self.items():
            is_seen = item.isVisible() and not isinstance(item, FrameLabel)
            area = area.united(item.sceneBoundingRect()) if is_seen else area
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

    def helpEvent(self, event: QGraphicsSceneHelpEvent | None) -> None:
        """Makes the tool tip of the node under the mouse; most are never looked at."""
        assert event is not None
        for item in self.items(event.scenePos()):
            if isinstance(item, NodeItem):
                item.make_tip()
        super().helpEvent(event)

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
        self._boxes_cover = None
        self.note_laid_anew()

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
        was_blocked = self.blockSignals(True)  # one signal for each box would be sent to nobody who listens
        for box in self.boxes():
            is_chosen = bool(box.ids) and chosen.issuperset(box.ids)
            if box.isSelected() != is_chosen:
                box.setSelected(is_chosen)
        self.blockSignals(was_blocked)
        self._is_syncing = False


def covered(areas: Collection[QRectF]) -> QRectF:
    """Returns the smallest area that holds all of these; those without any size count for nothing."""
    some = [area for area in areas if not area.isNull()]
    if not some:
        return QRectF()
    corner = QPointF(min(area.left() for area in some), min(area.top() for area in some))
    return QRectF(corner, QPointF(max(area.right() for area in some), max(area.bottom() for area in some)))

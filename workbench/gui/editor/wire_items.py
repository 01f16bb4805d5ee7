"""Keeps the items of wires equal to the document, and lays them round boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtWidgets import QGraphicsScene

from workbench.core.graph import Edge, Port
from workbench.core.groups import hidden_wires
from workbench.editing.box_sizes import ROW, WIDTH
from workbench.gui.document.session import Session
from workbench.gui.editor.box_grid import BoxGrid
from workbench.gui.editor.box_item import BoxItem, row_of
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.group_items import GroupItems
from workbench.gui.editor.levels import Levels
from workbench.gui.widgets.theme import Theme

REACH = 400.0  # how far above and below its ends a wire goes round boxes


class WireItems:
    """The items of wires.

    Attributes:
        items: by their wires.
        grid: where boxes stand that are in the way.
    """

    def __init__(
        self, scene: QGraphicsScene, session: Session, levels: Levels, groups: GroupItems, theme: Theme
    ) -> None:
        """Prepares for a scene that shows no wire yet.

        Args:
            scene: takes the items.
            session: holds the document.
            levels: say what is seen.
            groups: know the boxes that stand for nodes.
            theme: colours to begin with.
        """
        self._scene, self._session, self._levels = scene, session, levels
        self._groups, self._box_of, self._theme = groups, groups.box_of, theme
        self.items: dict[Edge, EdgeItem] = {}
        self.grid = BoxGrid()
        self._wired: tuple[Edge, ...] | None = None
        self._unseen: set[Edge] = set()
        self._of: dict[str, list[EdgeItem]] = {}

    def set_theme(self, theme: Theme) -> None:
        """Draws them in another set of colours."""
        self._theme = theme
        for item in self.items.values():
            item.set_theme(theme)

    def sync(self) -> bool:
        """Makes and takes away items until they show the document; says whether there are others than before."""
        graph = self._session.graph
        is_other = graph.edges is not self._wired and graph.edges != self._wired
        self._wired = graph.edges
        if is_other:
            wanted = set(graph.edges)
            for edge in [edge for edge in self.items if edge not in wanted]:
                self._scene.removeItem(self.items.pop(edge))
            for edge in graph.edges:
                if edge not in self.items:
                    self.items[edge] = EdgeItem(edge, self._theme)
                    self._scene.addItem(self.items[edge])
            self._of = {}
            for edge, item in self.items.items():
                self._of.setdefault(edge.source.node, []).append(item)
                self._of.setdefault(edge.target.node, []).append(item)
        nodes = self._session.analysis.shapes.nodes
        unseen, self._unseen = self._unseen, self._hidden()
        for edge, item in self.items.items() if is_other or unseen != self._unseen else ():
            item.setVisible(edge not in self._unseen)
        for edge, item in self.items.items():
            item.set_value(nodes[edge.source.node].outputs.get(edge.source.name))
        return is_other

    def _hidden(self) -> set[Edge]:
        """The wires that are not drawn: those inside folded groups, those outside, and all but one of many alike."""
        graph = self._session.graph
        found = hidden_wires(graph, self._levels.hidden) | self._levels.outside.wires
        merged = self._groups.merged()
        return found | {edge for edge in graph.edges if edge.target in merged} if merged else found

    def lay(self, ids: Collection[str] | None = None) -> None:
        """Puts the wires of these nodes, or all, where their ports are."""
        items = self.items.values() if ids is None else dict.fromkeys(self._all_of(ids))
        for item in items:
            if item.edge not in self._unseen:
                self._lay(item)
        self._tell_once(None if ids is None else {item.edge.source.node for item in items})

    def _all_of(self, ids: Iterable[str]) -> list[EdgeItem]:
        return [item for id_ in ids for item in self._of.get(id_, ())]

    def _lay(self, item: EdgeItem) -> None:
        edge = item.edge
        source, target = self._box_of(edge.source.node), self._box_of(edge.target.node)
        start = source.pos() + source.place_of("out", edge.source)
        end = target.pos() + target.place_of("in", edge.target)
        row = round((end.y() - target.y() - row_of(0)) / ROW)
        item.set_ends(start, end, between=self._between(source, target, start, end), row=row)

    def _between(self, source: BoxItem, target: BoxItem, start: QPointF, end: QPointF) -> list[QRectF]:
        """The boxes between the ends of a wire, as high as they may become."""
        if end.x() - start.x() < WIDTH:
            return []  # nothing has room there
        area = QRectF(start, end).normalized().adjusted(0, -REACH, 0, REACH)
        return self.grid.areas_in(area, (source, target))

    def in_the_way(self, moved: Collection[str]) -> set[str]:
        """The nodes from which wires go that pass the boxes of these nodes, or went round where they were."""
        if not moved:
            return set()
        passing = {item for id_ in moved for item in self._scene.items(self._box_of(id_).scene_box())}
        return {edge.source.node for edge, item in self.items.items() if item.goes_round or item in passing}

    def _tell_once(self, sources: Collection[str] | None) -> None:
        """Shows the label of one of the wires from a port that lie together, for the ports of some nodes or all.

        Where they go round boxes it is the longest; where they end at one box, the first.
        """
        leaving = [item for id_ in sources or () for item in self._of.get(id_, ()) if item.edge.source.node == id_]
        items = list(self.items.values()) if sources is None else leaving
        first: dict[tuple[Port, int], EdgeItem] = {}
        longest: dict[Port, EdgeItem] = {}
        for item in items:
            if item.goes_round and item.isVisible():
                best = longest.setdefault(item.edge.source, item)
                if item.boundingRect().right() > best.boundingRect().right():
                    longest[item.edge.source] = item
            elif item.isVisible():
                first.setdefault((item.edge.source, id(self._box_of(item.edge.target.node))), item)
        told = {*longest.values(), *first.values()}
        for item in items:
            item.set_label_shown(item in told)

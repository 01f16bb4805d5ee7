"""The graph as items: made from the document and kept equal to it; gestures become edits."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QPointF, pyqtSignal
from PyQt6.QtGui import QColor, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSceneMouseEvent

from workbench.core.drawing import connect, remove
from workbench.core.edits import GraphEdit, RemoveEdge, SetField, Several
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Edge, Node, Port
from workbench.core.values import shape_text
from workbench.gui.editor.edge_item import EdgeItem, wire_path
from workbench.gui.editor.node_item import NodeItem, Shown, input_ends
from workbench.gui.session import Session
from workbench.gui.theme import Theme
from workbench.layers.spec import find
from workbench.model.problems import Fix, Problem


class Scene(QGraphicsScene):
    """Nodes and wires of the session's graph.

    Signals:
        refused(str): a gesture that could not be done, and why.
    """

    refused = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.theme = session, theme
        self.nodes: dict[str, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self._pulled: tuple[Port, QGraphicsPathItem] | None = None
        self._is_syncing = False
        self.setBackgroundBrush(QColor(theme.canvas))
        session.document_changed.connect(self._on_document_changed)
        session.selection_changed.connect(self._on_selection_changed)
        self.selectionChanged.connect(self._on_scene_selection)
        self.sync()

    def set_theme(self, theme: Theme) -> None:
        """Draws everything in another set of colours."""
        self.theme = theme
        self.setBackgroundBrush(QColor(theme.canvas))
        items: list[NodeItem | EdgeItem] = [*self.nodes.values(), *self.edges.values()]
        for item in items:
            item.theme = theme
            item.update()

    def sync(self) -> None:
        """Makes, moves and takes away items until they show the document."""
        self._is_syncing = True
        graph, problems = self.session.graph, self.session.derived.first_problems
        for id_ in [id_ for id_ in self.nodes if id_ not in graph.nodes]:
            self.removeItem(self.nodes.pop(id_))
        for node in graph:
            shown = self._shown(node, problems.get(node.name))
            if node.id in self.nodes:
                self.nodes[node.id].update_from(node, shown)
            else:
                self.nodes[node.id] = NodeItem(node, shown, self.theme)
                self.addItem(self.nodes[node.id])
        wanted = set(graph.edges)
        for edge in [edge for edge in self.edges if edge not in wanted]:
            self.removeItem(self.edges.pop(edge))
        for edge in graph.edges:
            if edge not in self.edges:
                self.edges[edge] = EdgeItem(self.theme)
                self.addItem(self.edges[edge])
        self._lay_wires()
        bounds = self.itemsBoundingRect()
        self.setSceneRect(bounds.adjusted(-600, -600, 600, 600))
        self._is_syncing = False

    def _shown(self, node: Node, problem: Problem | None) -> Shown:
        derived, cls = self.session.derived, find(node.layer)
        wired = list(derived.graph.incoming[node.id])
        outputs = []
        for name in cls.output_ports if cls else ():
            value = derived.shapes.values.get(Port(node.id, name))
            outputs.append((name, value.kind if value else "map"))
        known = {name for name, _ in outputs}
        leaving = {edge.source.name for edge in derived.graph.outgoing[node.id]}
        outputs += [(name, "map") for name in sorted(leaving - known)]
        return Shown(
            cls.group if cls else "",
            input_ends(cls, wired),
            tuple(outputs),
            self._numbers(node),
            _short(problem, node) if problem else "",
            problem.fixes[0].text if problem and problem.fixes else "",
        )

    def _numbers(self, node: Node) -> str:
        derived = self.session.derived
        layer, cost = derived.shapes.layers.get(node.id), derived.costs.get(node.id)
        if layer is None or cost is None:
            return ""
        value = derived.shapes.values.get(Port(node.id, layer.output_ports[0])) if layer.output_ports else None
        parts = [shape_text(value.shape)] if value and value.shape else []
        if cost.parameters:
            parts.append(_count(cost.parameters))
        if cost.field and cost.field.size and max(cost.field.size) > 1:
            parts.append(f"sees {cost.field.size[0]:g}")
        return " · ".join(parts)

    def _lay_wires(self) -> None:
        values = self.session.derived.shapes.values
        for edge, item in self.edges.items():
            source, target = self.nodes[edge.source.node], self.nodes[edge.target.node]
            start = source.mapToScene(source.output_place(edge.source.name))
            item.show(start, target.mapToScene(target.input_place(edge.target.name)), values.get(edge.source))

    def _on_document_changed(self, edit: object) -> None:
        self.sync()

    def _on_selection_changed(self, ids: list[str]) -> None:
        self._is_syncing = True
        for id_, item in self.nodes.items():
            item.setSelected(id_ in ids)
        self._is_syncing = False

    def _on_scene_selection(self) -> None:
        if not self._is_syncing:
            self.session.select([id_ for id_, item in self.nodes.items() if item.isSelected()])

    def fix_of(self, id_: str) -> Fix | None:
        """The first fix of the first problem of a node, or None."""
        name = self.session.graph.nodes[id_].name
        problem = self.session.derived.first_problems.get(name)
        return problem.fixes[0] if problem and problem.fixes else None

    def do(self, edit: GraphEdit) -> bool:
        """Makes a change, or says why it cannot be made."""
        try:
            self.session.push(edit)
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return False
        return True

    def delete_selection(self) -> None:
        """Takes the selected nodes and wires away, as one step."""
        graph = self.session.graph
        edits: list[GraphEdit] = []
        for edge in [edge for edge, item in self.edges.items() if item.isSelected()]:
            edits.append(RemoveEdge(edge, graph.edges.index(edge)))
            graph = edits[-1].apply(graph)
        for id_ in self.session.selection:
            edits.append(remove(graph, graph.nodes[id_]))
            graph = edits[-1].apply(graph)
        if edits:
            names = [self.session.graph.nodes[id_].name for id_ in self.session.selection]
            what = names[0] if len(names) == 1 else f"{len(names)} nodes" if names else "wire"
            self.do(Several(tuple(edits), f"Delete {what}"))

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        item = self._node_at(event.scenePos())
        if item is not None and event.button().name == "LeftButton":
            place = item.mapFromScene(event.scenePos())
            if item.fix_rect().contains(place) and (fix := self.fix_of(item.node.id)):
                self.do(fix.edit)
                return
            port = item.port_at(place)
            if port is not None:
                self._pull(item, *port)
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if self._pulled is not None:
            port, wire = self._pulled
            item = self.nodes[port.node]
            wire.setPath(wire_path(item.mapToScene(item.output_place(port.name)), event.scenePos()))
            return
        super().mouseMoveEvent(event)
        if self.mouseGrabberItem() is not None:
            self._lay_wires()

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if self._pulled is not None:
            port, wire = self._pulled
            self._pulled = None
            self.removeItem(wire)
            self._drop_wire(port, event.scenePos())
            return
        super().mouseReleaseEvent(event)
        self._take_over_moves()

    def _node_at(self, place: QPointF) -> NodeItem | None:
        area = QPainterPath()
        area.addEllipse(place, 6, 6)
        return next((item for item in self.items(area) if isinstance(item, NodeItem)), None)

    def _pull(self, item: NodeItem, side: str, name: str) -> None:
        """Begins a wire at an output; at a wired input, takes that wire's end off and pulls it."""
        source = Port(item.node.id, name)
        if side == "in":
            edge = next((edge for edge in self.session.graph.edges if edge.target == source), None)
            if edge is None:
                return
            self.do(RemoveEdge(edge, self.session.graph.edges.index(edge)))
            source = edge.source
        wire = QGraphicsPathItem()
        wire.setPen(QPen(QColor(self.theme.accent), 2))
        wire.setZValue(2)
        self.addItem(wire)
        self._pulled = (source, wire)

    def _drop_wire(self, source: Port, place: QPointF) -> None:
        item = self._node_at(place)
        if item is None or item.node.id == source.node:
            return
        port = item.port_at(item.mapFromScene(place))
        free = [end for end in item.shown.inputs if end not in self.session.graph.incoming[item.node.id]]
        end = port[1] if port and port[0] == "in" else free[0] if free else ""
        if end:
            self.do(connect(self.session.graph, source, Port(item.node.id, end)))

    def _take_over_moves(self) -> None:
        """Nodes that were dragged stay where they were dropped: one step."""
        moved = []
        for id_, item in self.nodes.items():
            before, after = item.node.position, (round(item.x()), round(item.y()))
            if (item.x(), item.y()) != before:
                moved.append(SetField(id_, "position", before, (float(after[0]), float(after[1])), item.node.name))
        if moved:
            self.do(moved[0] if len(moved) == 1 else Several(tuple(moved), f"Move {len(moved)} nodes"))


def _short(problem: Problem, node: Node) -> str:
    """A problem without the node's name, which stands above it."""
    text = problem.message.removeprefix(node.name).lstrip(": ")
    return text[:1].upper() + text[1:]


def _count(number: int) -> str:
    """A count in few letters: 832, 48.1k, 2.4M."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)

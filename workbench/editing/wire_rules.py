"""What a wire that is being pulled may be wired to, and what would have to change for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.core.edits import CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.graph import Edge, Graph, GraphError, Port
from workbench.core.graph_edits import connect
from workbench.editing.adding import LooseEnd
from workbench.editing.node_text import Side
from workbench.layers.spec import ShapeError, check_kind, find, port_of
from workbench.model.remedies import fix_for
from workbench.model.shapes import Shapes, infer

Mark = Literal["fits", "fixable", "never"]
NEVER: Mark = "never"


@dataclass(frozen=True)
class Verdict:
    """What a wire to a port would be.

    Attributes:
        mark: whether it fits, fits with a fix, or never.
        text: what travels, what the fix is, or why not.
    """

    mark: Mark
    text: str = ""


class WireCheck:
    """One wire that is being pulled, and what it could be wired to.

    `glance` is quick and asked for every port once; `look` tries the wire out and is asked for one port at a time.

    Attributes:
        graph: the network without the wire.
        end: where the wire is fast.
        cut: the wire that this one was before it was taken off an input, or None.
    """

    def __init__(self, graph: Graph, shapes: Shapes, end: LooseEnd, cut: Edge | None = None) -> None:
        self.end, self.cut = end, cut
        self._shapes = shapes
        self.graph = graph
        self._cut_at = -1
        if cut is not None:
            self._cut_at = graph.edges.index(cut)
            self.graph = graph.without_edge(cut)
        self._blocked = self._ancestors() if end.side == "out" else self._descendants()
        self._looked: dict[Port, Verdict] = {}
        self._known: Shapes | None = None

    @property
    def side(self) -> Side:
        """The side of the ports that it can go to."""
        return "in" if self.end.side == "out" else "out"

    def wire_to(self, port: Port) -> Edge:
        """The wire between the end that is fast and a port."""
        return Edge(self.end.port, port) if self.end.side == "out" else Edge(port, self.end.port)

    def by_kind(self, port: Port) -> Verdict:
        """What the kinds of value and the direction of the flow say."""
        edge = self.wire_to(port)
        if port.node == self.end.port.node:
            return Verdict(NEVER, "A node cannot feed itself.")
        if port.node in self._blocked:
            return Verdict(NEVER, "The wires would go round in a circle.")
        cls = find(self.graph.nodes[edge.target.node].layer)
        declared = port_of(cls, edge.target.name) if cls else None
        value = self._shapes.values.get(edge.source)
        if declared is None or value is None:
            return Verdict("fits")
        try:
            check_kind(declared, edge.target.name, value)
        except ShapeError as error:
            return Verdict("fixable" if error.fixes else NEVER, _sentence(str(error)))
        return Verdict("fits", str(value))

    def look(self, port: Port) -> Verdict:
        """What comes of it when the wire is there."""
        if port not in self._looked:
            verdict = self.by_kind(port)
            self._looked[port] = verdict if verdict.mark == NEVER else self._tried(port, verdict)
        return self._looked[port]

    def edit(self, port: Port) -> GraphEdit:
        """The step that wires it."""
        edge = self.wire_to(port)
        made = connect(self.graph, edge.source, edge.target)
        return made if self.cut is None else CompositeGraphEdit((self.cutting(), *made.edits), made.label)

    def cutting(self) -> RemoveEdge:
        """The step that cuts the wire that was taken off."""
        assert self.cut is not None
        return RemoveEdge(self.cut, self._cut_at)

    def _tried(self, port: Port, verdict: Verdict) -> Verdict:
        edge = self.wire_to(port)
        try:
            graph = connect(self.graph, edge.source, edge.target).apply(self.graph)
        except GraphError as refusal:
            return Verdict(NEVER, str(refusal))
        if self._known is None:
            self._known = infer(self.graph) if self.cut is not None else self._shapes
        shapes = infer(graph)
        for id_, fault in shapes.faults.items():
            error = fault.error
            if error.found == "nothing" or (id_ in self._known.faults and id_ != edge.target.node):
                continue
            node = graph.nodes[id_]
            fix = next((fix for each in error.fixes if (fix := fix_for(graph, shapes, node, error.port, each))), None)
            return Verdict("fixable", f"Then: {fix.text}" if fix else _sentence(f"{node.name} {error}"))
        return verdict

    def _ancestors(self) -> frozenset[str]:
        return self.graph.ancestors([self.end.port.node])

    def _descendants(self) -> frozenset[str]:
        return self.graph.descendants([self.end.port.node])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

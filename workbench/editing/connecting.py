"""Every wire that could be drawn from or to a node, best first: for connecting ports without the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.edits import GraphEdit
from workbench.core.graph import Edge, Graph, Port
from workbench.editing.adding import LooseEnd
from workbench.editing.node_text import Side, input_ends
from workbench.editing.wire_rules import WireCheck
from workbench.layers.spec import find
from workbench.model.shapes import Shapes


@dataclass(frozen=True)
class PossibleWire:
    """A wire that could be drawn.

    Attributes:
        text: from where to where, and what would come of it.
        edit: the step that draws it.
    """

    text: str
    edit: GraphEdit


def wirings_of(graph: Graph, shapes: Shapes, id_: str, only: str = "") -> list[PossibleWire]:
    """Returns the wires that could be drawn from the outputs of a node and into its inputs.

    What fits comes before what needs a fix, and free inputs before wired ones, whose wire would be replaced; among
    equals, what is near on the canvas comes first.

    Args:
        graph: the network.
        shapes: its shapes.
        id_: the node.
        only: id of the node at the other ends; any if empty.
    """
    node = graph.nodes[id_]
    cls = find(node.layer)
    own: list[tuple[Side, str]] = [("out", name) for name in (cls.output_ports if cls and not cls.is_loss else ())]
    own += [("in", end) for end in input_ends(cls, list(graph.incoming[id_]))]
    rows = []
    for side, name in own:
        trial = WireCheck(graph, shapes, LooseEnd(Port(id_, name), side))
        for other in (graph.nodes[only],) if only else graph:
            distance = sum(abs(a - b) for a, b in zip(node.position, other.position, strict=True))
            for port in _ports(graph, other.id, trial.side):
                verdict, edge = trial.by_kind(port), trial.wire_to(port)
                if verdict.mark != "never" and edge not in graph.edges:
                    replaced = edge.target.name in graph.incoming[edge.target.node]
                    text = _text(graph, edge, verdict.text if verdict.mark == "mend" else "", replaced=replaced)
                    order = (verdict.mark != "fits", replaced, side == "in", distance)
                    rows.append((order, PossibleWire(text, trial.edit(port))))
    return [wiring for _, wiring in sorted(rows, key=lambda row: row[0])]


def _ports(graph: Graph, id_: str, side: Side) -> list[Port]:
    """The ports of a node on one side."""
    cls = find(graph.nodes[id_].layer)
    if side == "in":
        return [Port(id_, end) for end in input_ends(cls, list(graph.incoming[id_]))]
    return [Port(id_, name) for name in (cls.output_ports if cls and not cls.is_loss else ())]


def _text(graph: Graph, edge: Edge, trouble: str, *, replaced: bool) -> str:
    """A wire for people: `conv1 → add1 · x.1`, and what stands against it."""
    ends = []
    for port, ports in ((edge.source, _ports(graph, edge.source.node, "out")),
                        (edge.target, _ports(graph, edge.target.node, "in"))):  # fmt: skip
        name = graph.nodes[port.node].name
        ends.append(f"{name} · {port.name}" if len(ports) > 1 else name)
    before = graph.incoming[edge.target.node].get(edge.target.name) if replaced else None
    instead = f" (instead of {graph.nodes[before.node].name})" if before is not None else ""
    return " → ".join(ends) + instead + (f" – {trouble}" if trouble else "")

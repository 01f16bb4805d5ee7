"""The way through a network that goes through one port: all that feeds it, and all that it feeds."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.graph import Edge, Graph, Port
from workbench.editing.node_text import Side


@dataclass(frozen=True)
class PortPath:
    """A part of a network.

    Attributes:
        nodes: ids of its nodes.
        wires: the wires along it.
    """

    nodes: frozenset[str]
    wires: frozenset[Edge]


def way_through(graph: Graph, side: Side, port: Port) -> PortPath:
    """Returns everything up- and downstream of a port.

    Args:
        graph: the network.
        side: "in" if the port is an input, "out" if it is an output.
        port: which one.
    """
    if side == "in":
        before = [edge.source.node for edge in graph.edges if edge.target == port]
        after = [port.node]
        own = {edge for edge in graph.edges if edge.target == port}
    else:
        before = [port.node]
        own = {edge for edge in graph.edges if edge.source == port}
        after = [edge.target.node for edge in own]
    up, down = graph.ancestors(before), graph.descendants(after)
    along = {edge for edge in graph.edges if edge.target.node in up or edge.source.node in down}
    return PortPath(up | down | {port.node}, frozenset(along | own))

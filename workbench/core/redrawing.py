"""The edit that makes one graph of another, such as the network that a run trained of the one that is drawn now."""

from __future__ import annotations

from workbench.core.edits import (
    MISSING,
    AddEdge,
    AddNode,
    CompositeGraphEdit,
    GraphEdit,
    RemoveEdge,
    RemoveNode,
    SetFrame,
    SetGroup,
)
from workbench.core.graph import Graph


def redrawn(before: Graph, after: Graph, label: str) -> CompositeGraphEdit:
    """Returns the step that turns one graph into another, with the order of its nodes, wires and frames.

    Args:
        before: the graph as it is.
        after: the graph as it shall be.
        label: what the menu says.
    """
    edges, nodes = list(before.edges), list(before.nodes.values())
    edits: list[GraphEdit] = [RemoveEdge(edges[i], i) for i in reversed(range(len(edges)))]
    edits += [RemoveNode(nodes[i], i) for i in reversed(range(len(nodes)))]
    edits += [SetGroup(prefix, group, MISSING) for prefix, group in before.groups.items()]
    edits += [SetFrame(id_, before.frames[id_], MISSING, i) for i, id_ in reversed(list(enumerate(before.frames)))]
    edits += [AddNode(node, index) for index, node in enumerate(after.nodes.values())]
    edits += [AddEdge(edge, index) for index, edge in enumerate(after.edges)]
    edits += [SetGroup(prefix, MISSING, group) for prefix, group in after.groups.items()]
    edits += [SetFrame(id_, MISSING, frame, i) for i, (id_, frame) in enumerate(after.frames.items())]
    return CompositeGraphEdit(tuple(edits), label)

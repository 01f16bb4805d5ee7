"""What a network of elsewhere does to its pictures first, as settings of the Input node: mean and deviation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.core.graph import Edge, Graph, Node, Port

if TYPE_CHECKING:
    from torch import Tensor


def with_preparation(graph: Graph, weights: Mapping[str, Tensor]) -> tuple[Graph, dict[str, Tensor]]:
    """Returns a network whose Input takes off the mean and divides, where nodes of fixed numbers did it behind it.

    Args:
        graph: as it was read, with Parameter nodes for the fixed numbers.
        weights: by state_dict key, with the fixed numbers by the names of their nodes.

    Returns:
        The network and the weights that are left; both as they came where the Input is followed by something else.
    """
    start = next((node for node in graph if node.layer == "Input" and not node.params.get("mean")), None)
    less = _only_follower(graph, start, "Subtract")
    over = _only_follower(graph, less, "Divide")
    if start is None or less is None or over is None:
        return graph, dict(weights)
    found = {}
    for key, node in (("mean", less), ("std", over)):
        other = graph.nodes[graph.incoming[node.id]["other"].node]
        tensor = weights.get(other.name)
        if other.layer != "Parameter" or tensor is None or tensor.dim() == 0 or tensor.numel() != tensor.shape[0]:
            return graph, dict(weights)
        if len(graph.outgoing[other.id]) != 1:
            return graph, dict(weights)
        found[key] = (other, [float(each) for each in tensor.flatten()])
    gone = {less.id, over.id, *(other.id for other, _ in found.values())}
    params = {**start.params, **{key: numbers for key, (_, numbers) in found.items()}}
    nodes = {id_: node for id_, node in graph.nodes.items() if id_ not in gone} | {
        start.id: replace(start, params=params, name="image" if start.name.startswith("image") else start.name)
    }
    edges = [edge for edge in graph.edges if edge.source.node not in gone and edge.target.node not in gone]
    edges += [Edge(Port(start.id, "y"), edge.target) for edge in graph.outgoing[over.id]]
    names = {other.name for other, _ in found.values()}
    return Graph(nodes, tuple(edges)), {key: each for key, each in weights.items() if key not in names}


def _only_follower(graph: Graph, node: Node | None, layer: str) -> Node | None:
    """The one node that takes what another gives, as its first input, if it is of that layer."""
    leaving = graph.outgoing[node.id] if node is not None else ()
    if len(leaving) != 1 or leaving[0].target.name != "x":
        return None
    found = graph.nodes[leaving[0].target.node]
    return found if found.layer == layer else None

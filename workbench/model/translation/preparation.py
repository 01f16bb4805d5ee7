"""What a network of elsewhere does to its pictures first, as settings of the Input node: mean and deviation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def with_scales_as_preparation(
    graph: Graph, weights: Mapping[str, Tensor], outputs: Collection[Port] = ()
) -> tuple[Graph, dict[str, Tensor]]:
    """Returns a network whose Input takes off the mean and divides, where convolutions of single pixels did it.

    Those of one channel each do y = a·x + b, which is (x - mean) / std with mean = -b / a and std = 1 / a. A network
    that begins so has its numbers for the preparation of pictures there.

    Args:
        graph: as it was read.
        weights: by state_dict key.
        outputs: what the network gives; the nodes of these stay.

    Returns:
        The network and the weights that are left; both as they came where there is none, or a channel is turned over.
    """
    start = next((node for node in graph if node.layer == "Input" and not node.params.get("mean")), None)
    chain: list[Node] = []
    scale = offset = None
    node = start
    kept = {port.node for port in outputs}
    while node is not None and (node := _scaling(graph, node)) is not None and node.id not in kept:
        factor = weights[f"{node.name}.weight"].flatten().double()
        added = weights.get(f"{node.name}.bias")
        scale = factor if scale is None else scale * factor
        offset = factor * (0.0 if offset is None else offset) + (0.0 if added is None else added.double())
        chain.append(node)
    if start is None or scale is None or offset is None or not bool((scale > 0).all()):
        return graph, dict(weights)
    params = {**start.params, "mean": (-offset / scale).tolist(), "std": (1 / scale).tolist()}
    gone = {each.id for each in chain}
    nodes = {id_: each for id_, each in graph.nodes.items() if id_ not in gone} | {
        start.id: replace(start, params=params)
    }
    edges = [edge for edge in graph.edges if edge.source.node not in gone and edge.target.node not in gone]
    edges += [Edge(Port(start.id, "y"), edge.target) for edge in graph.outgoing[chain[-1].id]]
    left = {key: each for key, each in weights.items() if key.rpartition(".")[0] not in {each.name for each in chain}}
    return Graph(nodes, tuple(edges)), left


def _scaling(graph: Graph, node: Node) -> Node | None:
    """The convolution of single pixels and channels that alone takes what a node gives."""
    leaving = graph.outgoing[node.id]
    if len(leaving) != 1:
        return None
    found = graph.nodes[leaving[0].target.node]
    wanted = {"kernel_size": 1, "padding": 0, "groups": found.params.get("out_channels")}
    is_plain = set(found.params) <= {*wanted, "out_channels", "bias"}
    has = all(found.params.get(key) == value for key, value in wanted.items())
    return found if found.layer == "Conv2d" and is_plain and has and not found.share_with else None

"""What each node costs: parameters, multiply-adds and memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from workbench.core.difference import difference
from workbench.core.graph import Graph
from workbench.core.values import Json
from workbench.layers.spec import count
from workbench.model.node_shapes import NodeShapes, used_outputs
from workbench.model.shapes import Shapes, infer

MEMO = "costs"  # their place in Graph.memo


@dataclass(frozen=True)
class Cost:
    """What one node costs.

    Attributes:
        parameters: numbers that are learnt.
        macs: multiply-adds for one sample.
        memory: bytes of its outputs for one sample.
    """

    parameters: int
    macs: int
    memory: int

    def as_json(self) -> dict[str, Json]:
        """As `summary --json` prints it."""
        return {"parameters": self.parameters, "macs": self.macs, "memory": self.memory}


def costs(graph: Graph) -> Mapping[str, Cost]:
    """Returns the cost of every node whose shapes are known, by node id, in the order of the flow.

    They are computed once for each graph, and after an edit only where something is another; nobody may change them.
    """
    if MEMO not in graph.memo:
        graph.memo[MEMO] = _costs(graph, infer(graph))
    return cast(Mapping[str, Cost], graph.memo[MEMO])


def _costs(graph: Graph, shapes: Shapes) -> Mapping[str, Cost]:
    before = graph.last_with(MEMO)
    if before is None:
        return _followed(graph, shapes, {}, graph.nodes)
    change, known = difference(before, graph), infer(before).nodes
    others = {id_ for id_, found in shapes.nodes.items() if known.get(id_) is not found}
    return _followed(graph, shapes, costs(before), others | change.nodes | change.coming | change.leaving)


def _followed(graph: Graph, shapes: Shapes, known: Mapping[str, Cost], others: Iterable[str]) -> Mapping[str, Cost]:
    """What is known of costs, with those of other nodes."""
    found = dict(known)
    for id_ in others:
        here = shapes.nodes[id_]
        if here.inputs is None or here.fault is not None:
            found.pop(id_, None)
        else:
            found[id_] = _cost(graph, id_, here)
    priced = [id_ for id_ in shapes.inputs if id_ not in shapes.faults]
    return found if list(found) == priced else {id_: found[id_] for id_ in priced}


def _cost(graph: Graph, id_: str, found: NodeShapes) -> Cost:
    node, layer, inputs = graph.nodes[id_], found.layer, found.inputs
    assert layer is not None
    assert inputs is not None
    is_counted = not (node.bypass or layer.is_loss)
    return Cost(
        count(layer.parameters(*inputs)) if not (node.share_with or node.bypass) else 0,
        layer.macs(*inputs) if is_counted else 0,
        sum(found.outputs[name].memory for name in used_outputs(graph, id_, layer)) if is_counted else 0,
    )


def total(found: Iterable[Cost]) -> dict[str, int]:
    """Parameters, MACs and memory of the whole network."""
    sums = {"parameters": 0, "macs": 0, "memory": 0}
    for cost in found:
        sums["parameters"] += cost.parameters
        sums["macs"] += cost.macs
        sums["memory"] += cost.memory
    return sums

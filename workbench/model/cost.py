"""What each node costs: parameters, multiply-adds, memory; and its receptive field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from workbench.core.difference import difference
from workbench.core.flow import follow
from workbench.core.graph import Graph, Node
from workbench.core.values import Json
from workbench.layers.spec import count
from workbench.model.node_shapes import NodeShapes, used_outputs
from workbench.model.receptive_field import ReceptiveField, receptive_field, same_behind, sources_of, windows_of
from workbench.model.shapes import Shapes, infer

MEMO = "costs"  # their place in Graph.memo


@dataclass(frozen=True)
class Cost:
    """What one node costs.

    Attributes:
        parameters: numbers that are learnt.
        macs: multiply-adds for one sample.
        memory: bytes of its outputs for one sample.
        receptive_field: what it sees of the input; None is everything.
    """

    parameters: int
    macs: int
    memory: int
    receptive_field: ReceptiveField | None

    def as_json(self) -> dict[str, Json]:
        """As `summary --json` prints it."""
        field: Json = None
        if self.receptive_field is not None:
            numbers = {
                "size": self.receptive_field.size,
                "stride": self.receptive_field.stride,
                "centre": self.receptive_field.centre,
            }
            field = {name: [_neat(number) for number in each] for name, each in numbers.items()}
        return {"parameters": self.parameters, "macs": self.macs, "memory": self.memory, "receptive_field": field}


def _neat(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, 6)


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


def _followed(graph: Graph, shapes: Shapes, known: Mapping[str, Cost], others: Collection[str]) -> Mapping[str, Cost]:
    """What is known of costs, with all that follows from other nodes."""
    found = dict(known)

    def update(id_: str) -> bool:
        here, before = shapes.nodes[id_], known.get(id_)
        if here.inputs is None or here.fault is not None:
            found.pop(id_, None)
            return False  # the nodes behind have no shapes either
        before_it = [found[source].receptive_field for source in sources_of(graph, id_, here)]
        old = before.receptive_field if before is not None else None
        if before is None or id_ in others:
            field = _field(graph.nodes[id_], here, before_it, old)
            cost = _cost(graph, id_, here, field)
            found[id_] = before if before is not None and field is old and cost == before else cost
        else:
            field = _behind(graph.nodes[id_], here, before_it, old)
            found[id_] = Cost(before.parameters, before.macs, before.memory, field)
        return before is None or field is not old

    follow(graph, others, update)
    priced = [id_ for id_ in shapes.inputs if id_ not in shapes.faults]
    return found if list(found) == priced else {id_: found[id_] for id_ in priced}


def _field(
    node: Node, found: NodeShapes, before: list[ReceptiveField | None], old: ReceptiveField | None
) -> ReceptiveField | None:
    """The receptive field of a node that is another; the old one where it is the same all the way down."""
    field = receptive_field(found, windows_of(node, found), before)
    return old if field is not None and old is not None and field.way.is_as(old.way) else field


def _behind(
    node: Node, found: NodeShapes, before: list[ReceptiveField | None], old: ReceptiveField | None
) -> ReceptiveField | None:
    """The receptive field of a node that is the same as before, but behind others."""
    if old is None:
        return receptive_field(found, windows_of(node, found), before)
    return same_behind(old, before)


def _cost(graph: Graph, id_: str, found: NodeShapes, field: ReceptiveField | None) -> Cost:
    node, layer, inputs = graph.nodes[id_], found.layer, found.inputs
    assert layer is not None
    assert inputs is not None
    is_counted = not (node.bypass or layer.is_loss)
    return Cost(
        count(layer.parameters(*inputs)) if not (node.share_with or node.bypass) else 0,
        layer.macs(*inputs) if is_counted else 0,
        sum(found.outputs[name].memory for name in used_outputs(graph, id_, layer)) if is_counted else 0,
        field,
    )


def total(found: Iterable[Cost]) -> dict[str, int]:
    """Parameters, MACs and memory of the whole network."""
    sums = {"parameters": 0, "macs": 0, "memory": 0}
    for cost in found:
        sums["parameters"] += cost.parameters
        sums["macs"] += cost.macs
        sums["memory"] += cost.memory
    return sums

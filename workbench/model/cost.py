"""What each node costs: parameters, multiply-adds, memory; and its receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.core.graph import Graph, Port
from workbench.core.values import Json
from workbench.layers.spec import count
from workbench.model.receptive_field import ReceptiveField, receptive_fields
from workbench.model.shapes import Shapes, used_outputs


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


def costs(graph: Graph, shapes: Shapes) -> Mapping[str, Cost]:
    """The cost of every node whose shapes are known, by node id."""
    found: dict[str, Cost] = {}
    fields = receptive_fields(graph, shapes)
    for id_ in graph.order:
        layer, inputs = shapes.layers.get(id_), shapes.inputs.get(id_)
        if layer is None or inputs is None or id_ in shapes.faults:
            continue
        node = graph.nodes[id_]
        outputs = [shapes.values[Port(id_, name)] for name in used_outputs(graph, id_, layer)]
        is_counted = not (node.bypass or layer.is_loss)
        found[id_] = Cost(
            count(layer.parameters(*inputs)) if not (node.share_with or node.bypass) else 0,
            layer.macs(*inputs) if is_counted else 0,
            sum(value.memory for value in outputs) if is_counted else 0,
            fields[id_],
        )
    return found


def total(found: Iterable[Cost]) -> dict[str, int]:
    """Parameters, MACs and memory of the whole network."""
    sums = {"parameters": 0, "macs": 0, "memory": 0}
    for cost in found:
        sums["parameters"] += cost.parameters
        sums["macs"] += cost.macs
        sums["memory"] += cost.memory
    return sums

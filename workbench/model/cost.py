"""What each node costs and sees: parameters, multiply-adds, memory and receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.core.graph import Graph, Port
from workbench.core.values import Json, Value
from workbench.layers.spec import Layer, count
from workbench.layers.windows import Reach
from workbench.model.shapes import Shapes, used_outputs


@dataclass(frozen=True)
class Field:
    """The receptive field of one output position on the network's input, for each spatial axis, in input pixels.

    Attributes:
        size: how many pixels are seen.
        stride: how far it moves from one position to the next.
        centre: the middle of what position 0 sees; pixel 0 has its middle at 0.
    """

    size: tuple[float, ...]
    stride: tuple[float, ...]
    centre: tuple[float, ...]

    def through(self, reach: Reach) -> Field:
        """The field behind one more layer (Araujo, Norris & Sim 2019, equations 1 and 2)."""
        axes = len(self.size)
        taps, strides, offsets = (_spread(each, axes) for each in (reach.size, reach.stride, reach.offset))
        return Field(
            tuple(size + (k - 1) * stride for size, k, stride in zip(self.size, taps, self.stride, strict=True)),
            tuple(stride * s for stride, s in zip(self.stride, strides, strict=True)),
            tuple(c + offset * s for c, offset, s in zip(self.centre, offsets, self.stride, strict=True)),
        )


def _spread(numbers: tuple[float, ...], axes: int) -> tuple[float, ...]:
    return numbers * axes if len(numbers) == 1 else numbers


def join(fields: Iterable[Field | None]) -> Field | None:
    """The field that covers several, where branches meet; None if one of them sees everything."""
    known = []
    for each in fields:
        if each is None:
            return None
        known.append(each)
    first = known[0]
    if any(len(each.size) != len(first.size) for each in known):
        return None
    sizes, centres = [], []
    for axis in range(len(first.size)):
        low = min(each.centre[axis] - (each.size[axis] - 1) / 2 for each in known)
        high = max(each.centre[axis] + (each.size[axis] - 1) / 2 for each in known)
        sizes.append(high - low + 1)
        centres.append((low + high) / 2)
    strides = tuple(max(each.stride[axis] for each in known) for axis in range(len(first.size)))
    return Field(tuple(sizes), strides, tuple(centres))


@dataclass(frozen=True)
class Cost:
    """What one node costs.

    Attributes:
        parameters: numbers that are learnt.
        macs: multiply-adds for one sample.
        memory: bytes of its outputs for one sample.
        field: what it sees of the input; None is everything.
    """

    parameters: int
    macs: int
    memory: int
    field: Field | None

    def as_json(self) -> dict[str, Json]:
        """As `summary --json` prints it."""
        field: Json = None
        if self.field is not None:
            field = {name: [_neat(number) for number in numbers] for name, numbers in vars(self.field).items()}
        return {"parameters": self.parameters, "macs": self.macs, "memory": self.memory, "receptive_field": field}


def _neat(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, 6)


def costs(graph: Graph, shapes: Shapes) -> Mapping[str, Cost]:
    """The cost of every node whose shapes are known, by node id."""
    found: dict[str, Cost] = {}
    for id_ in graph.order:
        layer, inputs = shapes.layers.get(id_), shapes.inputs.get(id_)
        if layer is None or inputs is None or id_ in shapes.faults:
            continue
        node = graph.nodes[id_]
        outputs = [shapes.values[Port(id_, name)] for name in used_outputs(graph, id_, layer)]
        field = join(found[port.node].field for port in graph.incoming[id_].values()) if inputs else _start(outputs)
        if field is not None and not node.bypass:
            reach = _reach(layer, inputs)
            field = field.through(reach) if reach is not None else None
        is_counted = not (node.bypass or layer.is_loss)
        found[id_] = Cost(
            count(layer.parameters(*inputs)) if not (node.share_with or node.bypass) else 0,
            layer.macs(*inputs) if is_counted else 0,
            sum(value.memory for value in outputs) if is_counted else 0,
            field,
        )
    return found


def _reach(layer: Layer, inputs: tuple[Value, ...]) -> Reach | None:
    """The layer's reach; behind switches the positions are again those of the map that was pooled."""
    reach = layer.reach()
    pooled = next((value for value in inputs if value.kind == "switches"), None)
    if reach is None or pooled is None:
        return reach
    factors = [round(whole / part) for whole, part in zip(pooled.unpooled[1:], pooled.spatial, strict=True)]
    return Reach(reach.size, tuple(1 / f for f in factors), tuple((1 / f - 1) / 2 for f in factors))


def _start(outputs: list[Value]) -> Field | None:
    axes = len(outputs[0].shape) - 1 if outputs and outputs[0].kind == "map" else 0
    return Field((1.0,) * axes, (1.0,) * axes, (0.0,) * axes)


def total(found: Iterable[Cost]) -> dict[str, int]:
    """Parameters, MACs and memory of the whole network."""
    sums = {"parameters": 0, "macs": 0, "memory": 0}
    for cost in found:
        sums["parameters"] += cost.parameters
        sums["macs"] += cost.macs
        sums["memory"] += cost.memory
    return sums

"""Whether a value would do at an input, and which values would, going by what else comes in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from workbench.core.flow import follow
from workbench.core.graph import Graph, Node, Port
from workbench.core.values import Value
from workbench.layers.spec import In, Layer, ShapeError, check_kind, find, port_of
from workbench.model.node_shapes import sorted_wires
from workbench.model.shapes import Shapes

MOST_WANTED = 4


def fits_kind(declared: In, port: str, value: Value) -> bool:
    """Whether a value is of a kind, and has so many axes, as an input takes."""
    try:
        check_kind(declared, port, value)
    except ShapeError:
        return False
    return True


def fits_at(graph: Graph, shapes: Shapes, node: Node, port: str, value: Value) -> bool:
    """Whether a value would do at an input of a node, beside the others that come in, as far as they are known."""
    cls, layer = find(node.layer), shapes.layers.get(node.id)
    declared = port_of(cls, port) if cls else None
    if cls is None or declared is None or not fits_kind(declared, port, value):
        return False
    values: list[Value] = []
    try:
        wires = sorted_wires(cls, {**graph.incoming[node.id], port: Port("", "")})
    except ShapeError:
        return False
    for wire, _, source in wires:
        other = value if wire == port else shapes.values.get(source)
        if other is None:
            return True
        values.append(other)
    needed = sum(each.fewest if each.variadic else 1 for each in cls.inputs)
    if layer is None or len(values) < needed:
        return True
    try:
        for (wire, each, _), coming in zip(wires, values, strict=True):
            check_kind(each, wire, coming)
        layer.outputs(*values)
    except ShapeError:
        return False
    return True


def fits_after(graph: Graph, shapes: Shapes, node: Node, above: Collection[str], changed: str, layer: Layer) -> bool:
    """Whether what comes into a node would do if a node that feeds it, or the node itself, had other settings.

    Args:
        graph: the network.
        shapes: its shapes.
        node: the node.
        above: ids of the node and of all that feeds it.
        changed: id of the node with other settings.
        layer: these settings.
    """
    values: dict[Port, Value] = {}
    done: set[str] = set()

    def update(id_: str) -> bool:
        here = layer if id_ == changed else shapes.layers.get(id_)
        outputs = None if here is None or id_ not in above else _outputs_with(graph, shapes, id_, here, values)
        if outputs is None:
            return False
        done.add(id_)
        found = {Port(id_, name): value for name, value in outputs.items()}
        values.update(found)
        return id_ != node.id and any(shapes.values.get(port) != value for port, value in found.items())

    follow(graph, [changed], update)
    return node.id in done


def _outputs_with(
    graph: Graph, shapes: Shapes, id_: str, layer: Layer, values: Mapping[Port, Value]
) -> Mapping[str, Value] | None:
    """What a node gives where some values are others; None if something does not fit or is not known."""
    try:
        wires = sorted_wires(type(layer), graph.incoming[id_])
        coming = [values.get(source) or shapes.values.get(source) for _, _, source in wires]
        known = [value for value in coming if value is not None]
        if len(known) < len(coming) or len(known) < sum(port.fewest for port in layer.inputs):
            return None
        for (wire, port, _), value in zip(wires, known, strict=True):
            check_kind(port, wire, value)
        outputs = layer.outputs(*known)
    except ShapeError:
        return None
    return {layer.output_ports[0]: known[0]} if graph.nodes[id_].bypass and known else outputs


def wanted_at(graph: Graph, shapes: Shapes, node: Node, port: str, told: Sequence[Value] = ()) -> list[Value]:
    """Values that would do at an input, made of what comes in by the others: of their shape, or a score for each class.

    Args:
        graph: the network.
        shapes: its shapes.
        node: the node.
        port: the input.
        told: what the layer itself says would do.
    """
    source = graph.incoming[node.id].get(port)
    now = shapes.values.get(source) if source else None
    others = [
        value
        for wire, other in graph.incoming[node.id].items()
        if wire != port and (value := shapes.values.get(other)) is not None
    ]
    wanted = list(told)
    for other in dict.fromkeys(others):
        wanted += _like(other, now)
    fitting = [value for value in dict.fromkeys(wanted) if value != now and fits_at(graph, shapes, node, port, value)]
    return fitting[:MOST_WANTED]


def _like(other: Value, now: Value | None) -> Iterator[Value]:
    if other.classes:
        yield Value((len(other.classes), *other.shape), "map" if other.shape else "vector")
    elif other.dtype == "int64" and now is not None and other.kind in ("class", "mask") and now.shape:
        yield Value((now.channels, *other.shape), "map" if other.shape else "vector")
    if other.dtype != "float32":
        if other.kind == "switches":
            yield Value(other.shape)
        return
    yield replace(other, classes=())
    if now is not None and other.shape and len(now.shape) == len(other.shape):
        yield other.reshaped(now.shape[0], *other.shape[1:])

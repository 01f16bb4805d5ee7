"""Fixes that put layers on a wire which make of what comes the shape that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, free_place, insert, new_id
from workbench.core.names import free_name
from workbench.core.values import Json, Value, shape_text
from workbench.layers.add import projection
from workbench.layers.spec import Insert, find, first_name
from workbench.model.mending import Fix
from workbench.model.remedies import described
from workbench.model.shapes import Shapes

LITTLE = 4  # rows or columns that are padded or cut off rather than resized


def adapter_fixes(graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value) -> Iterator[Fix]:
    """Layers before an input that make what comes in like a value that fits.

    Args:
        graph: the network.
        shapes: its shapes.
        node: where it comes in.
        port: by which input.
        wanted: what would fit.
    """
    source = graph.incoming[node.id].get(port)
    value = shapes.values.get(source) if source else None
    if value is None or value.dtype != "float32":
        return
    yield from _cut(graph, shapes, node, port, wanted)
    for layers in bridges(value, wanted):
        if layers:
            yield inserted(graph, Port(node.id, port), layers)


def inserted(graph: Graph, target: Port, layers: list[Insert]) -> Fix:
    """The fix that puts layers on the wire that ends at an input, in their order."""
    name = graph.nodes[target.node].name
    text = f"Insert {' and '.join(described(each) for each in layers)} before {name}"
    edits: list[GraphEdit] = []
    for each in layers:
        cls = find(each.layer)
        assert cls is not None
        ends = (cls.inputs[0].name, cls.output_ports[0])
        step = insert(graph, target, each.layer, first_name(each.layer), each.params, ends)
        graph = step.apply(graph)
        edits += step.edits
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def behind(graph: Graph, source: Port, layer: Insert) -> Fix:
    """The fix that leads all that an output gives through a new layer first."""
    cls, before = find(layer.layer), graph.nodes[source.node]
    assert cls is not None
    place = free_place(graph, (before.position[0] + STEP[0] / 2, before.position[1] + STEP[1]))
    name = free_name(first_name(layer.layer), list(graph.by_name))
    new = Node(new_id(graph), name, layer.layer, layer.params, position=place)
    edits: list[GraphEdit] = [AddNode(new)]
    for edge in [each for each in graph.edges if each.source == source]:
        at = graph.edges.index(edge)
        edits += [RemoveEdge(edge, at), AddEdge(Edge(Port(new.id, cls.output_ports[0]), edge.target), at)]
    edits.append(AddEdge(Edge(source, Port(new.id, cls.inputs[0].name))))
    text = f"Insert {described(layer)} behind {before.name}"
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def led_through(graph: Graph, source: Port, layers: list[Insert], targets: list[Port]) -> Fix:
    """The fix that leads an output through new layers to inputs that are free."""
    before, last = graph.nodes[source.node], graph.nodes[targets[0].node]
    edits: list[GraphEdit] = []
    for each in layers:
        cls = find(each.layer)
        assert cls is not None
        name, here = free_name(first_name(each.layer), list(graph.by_name)), graph.nodes[source.node].position
        place = free_place(graph, (here[0] + STEP[0], here[1]), (last.position[0] - STEP[0], last.position[1]))
        new = Node(new_id(graph), name, each.layer, each.params, position=place)
        steps: list[GraphEdit] = [AddNode(new), AddEdge(Edge(source, Port(new.id, cls.inputs[0].name)))]
        for step in steps:
            graph = step.apply(graph)
        edits += steps
        source = Port(new.id, cls.output_ports[0])
    names = ", ".join(dict.fromkeys(graph.nodes[target.node].name for target in targets))
    text = f"Add {' and '.join(described(each) for each in layers)} between {before.name} and {names}"
    edits += [AddEdge(Edge(source, target)) for target in targets]
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def bridges(value: Value, wanted: Value) -> Iterator[list[Insert]]:
    """The layers that make one value of another, in ways of which the first is the most usual."""
    if value.kind == wanted.kind == "map" and len(value.shape) == len(wanted.shape) and 2 <= len(value.shape) <= 4:
        yield from _between_maps(value, wanted)
    elif wanted.kind == "vector" and value.kind in ("map", "vector", "sequence", "channels_last"):
        flat = [Insert("Flatten")] if value.kind != "vector" else []
        is_wide = value.elements != wanted.shape[0]
        yield [*flat, *([Insert("Linear", {"out_features": wanted.shape[0]})] if is_wide else [])]
    elif wanted.kind == "map" and len(wanted.shape) > 1 and value.kind in ("vector", "map"):
        flat = [Insert("Flatten")] if value.kind != "vector" else []
        wide = [Insert("Linear", {"out_features": prod(wanted.shape)})] if value.elements != wanted.elements else []
        yield [*flat, *wide, Insert("Unflatten", {"unflattened_size": list(wanted.shape)})]


def _between_maps(value: Value, wanted: Value) -> Iterator[list[Insert]]:
    axes = len(value.spatial)
    if value.spatial == wanted.spatial:
        yield [_projected(wanted.channels, axes)]
        return
    if value.channels != wanted.channels and (strided := projection(value, wanted)):
        yield list(strided)
    grows = any(a < b for a, b in zip(value.spatial, wanted.spatial, strict=True))
    resized = [Insert("Interpolate", {"size": list(wanted.spatial), "scale_factor": None})]
    if not grows:
        resized = [Insert(f"AdaptiveAvgPool{axes}d", {"output_size": _sizes(wanted)})]
    conv = [_projected(wanted.channels, axes)] if value.channels != wanted.channels else []
    nearly = all(abs(a - b) <= LITTLE for a, b in zip(value.spatial, wanted.spatial, strict=True))
    padded = [Insert("Pad", {"padding": _margins(value, wanted)})]
    if nearly and grows:
        yield [*conv, *padded]
    yield [*conv, *resized] if grows else [*resized, *conv]


def _sizes(wanted: Value) -> Json:
    return wanted.spatial[0] if len(wanted.spatial) == 1 else list(wanted.spatial)


def _projected(channels: int, axes: int) -> Insert:
    """The convolution that gives other channels, pixel by pixel."""
    return Insert(f"Conv{axes}d", {"out_channels": channels, "kernel_size": 1, "padding": 0, "bias": False})


def _margins(value: Value, wanted: Value) -> list[int]:
    """Margins from the last axis on, as Pad takes them."""
    found: list[int] = []
    for have, need in zip(reversed(value.spatial), reversed(wanted.spatial), strict=True):
        lacking = need - have
        found += [lacking // 2, lacking - lacking // 2]
    return found


def _cut(graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value) -> Iterator[Fix]:
    """The middle of a larger map, as large as the one that comes in beside it: the shortcuts of the first U-Net."""
    wires = graph.incoming[node.id]
    value = shapes.values.get(wires[port])
    if (
        value is None
        or value.kind != "map"
        or value.channels != wanted.channels
        or len(value.shape) != len(wanted.shape)
    ):
        return
    if value.spatial == wanted.spatial or any(a < b for a, b in zip(value.spatial, wanted.spatial, strict=True)):
        return
    like = next(
        (
            source
            for wire, source in wires.items()
            if wire != port
            and (other := shapes.values.get(source))
            and other.spatial == wanted.spatial
            and other.kind == "map"
        ),
        None,
    )
    if like is None or graph.nodes[like.node].layer in ("Target",):
        return
    params: Mapping[str, Json] = {}
    edit = insert(graph, Port(node.id, port), "Crop", first_name("Crop"), params, ("x", "y"))
    (new,) = [id_ for id_ in edit.apply(graph).nodes if id_ not in graph.nodes]
    text = f"Crop what {graph.nodes[wires[port].node].name} gives to {shape_text(wanted.spatial)} before {node.name}"
    yield Fix(text, CompositeGraphEdit((*edit.edits, AddEdge(Edge(like, Port(new, "like")))), text))

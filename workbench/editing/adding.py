"""Edits that put a new layer on the canvas: behind a node, on a wire, or at the loose end of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, connect, free_place, insert, new_id
from workbench.core.names import free_name
from workbench.core.values import Value
from workbench.layers.groups import followers_of, forerunners_of
from workbench.layers.spec import REGISTRY, In, Layer, ShapeError, check_kind, find, first_name, port_of
from workbench.model.shapes import Shapes
from workbench.model.wire_fixes import usual_before

Place = tuple[float, float]
# One value of each kind that a layer may give, to see what it does to it.
SAMPLES = (
    Value((16, 32, 32)), Value((16, 64)), Value((16, 8, 16, 16)), Value((64,), "vector"), Value((16, 16), "sequence"),
    Value((16,), "tokens", "int64"), Value((), "class", "int64"),
    Value((16, 16, 16), "switches", "int64", unpooled=(16, 32, 32)),
)  # fmt: skip


@dataclass(frozen=True)
class LooseEnd:
    """A wire that is fast at one end only.

    Attributes:
        port: where it is fast.
        side: "out" if that is an output port, "in" if it is an input port.
    """

    port: Port
    side: Literal["in", "out"]


def main_ports(cls: type[Layer] | None) -> tuple[str, str] | None:
    """The ends by which a layer joins a wire: its first input and its first output; None if it has not both."""
    if cls is None or not cls.inputs or not cls.output_ports or cls.is_loss:
        return None
    return cls.inputs[0].end(), cls.output_ports[0]


def added(graph: Graph, shapes: Shapes, layer: str, behind: str, place: Place | None) -> tuple[CompositeGraphEdit, str]:
    """The edit that adds a layer, and the id of the new node.

    Args:
        graph: as it is.
        shapes: its shapes.
        layer: which layer.
        behind: id of the node to wire it to, or "".
        place: where on the canvas; beside the node before it if None.
    """
    cls = find(layer)
    assert cls is not None
    before = graph.nodes.get(behind)
    source = _source(shapes, behind) if before and cls.inputs else None
    if place is None:
        x, y = before.position if before else (-STEP[0], 0.0)
        place = free_place(graph, (x + STEP[0], y), (x + STEP[0] / 2, y))
    node = _new_node(graph, layer, place)
    edits: list[GraphEdit] = [AddNode(node)]
    if source is not None:
        edits += _rewired(graph, source, node, cls)
        edits += _namesakes(shapes, source, node, cls, cls.inputs[0].name)
    return CompositeGraphEdit(tuple(edits), f"Add {node.name}"), node.id


def wire_behind(graph: Graph, shapes: Shapes, behind: str, layer: str) -> Edge | None:
    """The wire on which a layer comes that is added behind a node; None if it comes on none."""
    cls = find(layer)
    source = _source(shapes, behind)
    if cls is None or not cls.inputs or source is None:
        return None
    return _only_wire(graph, source, cls)


def added_before(
    graph: Graph, shapes: Shapes, layer: str, id_: str, place: Place
) -> tuple[CompositeGraphEdit, str] | None:
    """The edit that adds a layer without inputs and wires it to a free input of a node, as a Target to its loss.

    Args:
        graph: as it is.
        shapes: its shapes.
        layer: which layer.
        id_: the node that it feeds.
        place: where on the canvas; what usually feeds an input stands where its fix puts it.

    Returns:
        The edit and the id of the new node; None if the node has no free input that takes what the layer gives.
    """
    cls, own = find(layer), find(graph.nodes[id_].layer) if id_ in graph.nodes else None
    if cls is None or own is None or cls.inputs:
        return None
    free = [port for port in own.inputs if not port.variadic and port.name not in graph.incoming[id_]]
    if any(port.default_source == layer for port in free):
        name = next(port.name for port in free if port.default_source == layer)
        edit = usual_before(graph, shapes, graph.nodes[id_], name, layer).edit
        assert isinstance(edit, CompositeGraphEdit)
        new = next(each.node.id for each in edit.edits if isinstance(each, AddNode))
        return CompositeGraphEdit(edit.edits, f"Add {edit.apply(graph).nodes[new].name}"), new
    taking = next((port for port in free if _can_feed(cls, port)), None)
    return added_to_end(graph, shapes, layer, LooseEnd(Port(id_, taking.name), "in"), place) if taking else None


def added_on_wire(graph: Graph, edge: Edge, layer: str, place: Place) -> tuple[CompositeGraphEdit, str] | None:
    """The edit that puts a layer on a wire, and the new node's id; None if it has no way through."""
    ports = main_ports(find(layer))
    if ports is None:
        return None
    edit = insert(
        graph, edge.target, layer, first_name(layer), {}, ports, (float(round(place[0])), float(round(place[1])))
    )
    node = edit.edits[0]
    assert isinstance(node, AddNode)
    return edit, node.node.id


def added_to_end(
    graph: Graph, shapes: Shapes, layer: str, end: LooseEnd, place: Place
) -> tuple[CompositeGraphEdit, str]:
    """The edit that adds a layer at the loose end of a wire, and the id of the new node."""
    cls = find(layer)
    assert cls is not None
    node = _new_node(graph, layer, place)
    edits: list[GraphEdit] = [AddNode(node)]
    after = edits[0].apply(graph)
    if end.side == "out":
        value = shapes.values.get(end.port)
        fitting = next((port for port in cls.inputs if _takes(port, value)), None)
        if fitting is not None:
            target = Port(node.id, fitting.end())
            edits += connect(after, end.port, target).edits
            edits += _namesakes(shapes, end.port, node, cls, fitting.name)
    elif cls.output_ports:
        own = find(graph.nodes[end.port.node].layer)
        edits += connect(
            after, Port(node.id, _output_for(cls, port_of(own, end.port.name) if own else None)), end.port
        ).edits
    return CompositeGraphEdit(tuple(edits), f"Add {node.name}"), node.id


def layers_that_fit(graph: Graph, shapes: Shapes, end: LooseEnd) -> list[str]:
    """Names of the layers that can stand at a loose end, best followers first."""
    node = graph.nodes[end.port.node]
    own = find(node.layer)
    if end.side == "out":
        value = shapes.values.get(end.port)
        fitting = [name for name, cls in REGISTRY.items() if _can_follow(cls, value)]
        usual = followers_of(own.group) if own else ()
    else:
        port = port_of(own, end.port.name) if own else None
        fitting = [name for name, cls in REGISTRY.items() if cls.output_ports and _can_feed(cls, port)]
        usual = forerunners_of(own.group) if own else ()
    last = len(usual)
    ranks = {name: REGISTRY[name].group for name in fitting}
    return sorted(fitting, key=lambda name: usual.index(ranks[name]) if ranks[name] in usual else last)


def layers_on_wire(graph: Graph, shapes: Shapes, edge: Edge) -> tuple[list[str], list[str]]:
    """Names of the layers that can stand on a wire: those that fit both of its ends, and the others."""
    able = [name for name, cls in REGISTRY.items() if main_ports(cls) is not None]
    behind = layers_that_fit(graph, shapes, LooseEnd(edge.source, "out"))
    before = set(layers_that_fit(graph, shapes, LooseEnd(edge.target, "in")))
    fitting = [name for name in behind if name in able and name in before]
    return fitting, [name for name in able if name not in fitting]


def _new_node(graph: Graph, layer: str, place: Place) -> Node:
    name = free_name(first_name(layer), list(graph.by_name))
    return Node(new_id(graph), name, layer, position=(float(round(place[0])), float(round(place[1]))))


def _takes(port: In, value: Value | None) -> bool:
    if value is None:
        return True
    try:
        check_kind(port, port.name, value)
    except ShapeError:
        return False
    return True


def _can_follow(cls: type[Layer], value: Value | None) -> bool:
    """Whether a layer, as it comes from the palette, takes a value; what has more inputs only by its kinds."""
    ports = [port for port in cls.inputs if _takes(port, value)]
    if not ports or value is None or len(cls.inputs) > 1 or cls.inputs[0].variadic:
        return bool(ports)
    return bool(_outputs(cls, (value,)))


def _can_feed(cls: type[Layer], port: In | None) -> bool:
    """Whether a layer can give what an input port takes, for some input of its own."""
    if port is None:
        return True
    return any(_takes(port, value) for outputs in _tried_out(cls) for value in outputs.values())


def _output_for(cls: type[Layer], port: In | None) -> str:
    """The output of a layer that an input port takes; the first one if none is known to be."""
    fitting = (name for outputs in _tried_out(cls) for name, value in outputs.items() if port and _takes(port, value))
    return next(fitting, cls.output_ports[0])


def _tried_out(cls: type[Layer]) -> list[dict[str, Value]]:
    """What a layer gives for one value of each kind."""
    return [_outputs(cls, (sample,) * len(cls.inputs)) for sample in SAMPLES] if cls.inputs else [_outputs(cls, ())]


def _outputs(cls: type[Layer], values: tuple[Value, ...]) -> dict[str, Value]:
    """What a layer with its default settings gives; nothing if it refuses."""
    try:
        layer = cls()
        for port, value in zip(cls.inputs, values, strict=False):
            check_kind(port, port.name, value)
        return layer.outputs(*values)
    except (ShapeError, ValidationError):
        return {}


def _namesakes(shapes: Shapes, source: Port, node: Node, cls: type[Layer], wired: str) -> list[GraphEdit]:
    """Wires from the other outputs of what feeds a new node to inputs of the same names, such as mu and logvar."""
    layer = shapes.layers.get(source.node)
    names = [name for name in layer.output_ports if name != source.name] if layer is not None else []
    return [
        AddEdge(Edge(Port(source.node, port.name), Port(node.id, port.name)))
        for port in cls.inputs
        if port.name in names and port.name != wired and _takes(port, shapes.values.get(Port(source.node, port.name)))
    ]


def _source(shapes: Shapes, behind: str) -> Port | None:
    layer = shapes.layers.get(behind)
    return Port(behind, layer.output_ports[0]) if layer and layer.output_ports and not layer.is_loss else None


def _only_wire(graph: Graph, source: Port, cls: type[Layer]) -> Edge | None:
    """The wire that a layer behind an output is put on: the single one that leaves it, if the layer has a way on."""
    leaving = [edge for edge in graph.edges if edge.source == source]
    return leaving[0] if len(leaving) == 1 and cls.output_ports and not cls.is_loss else None


def _rewired(graph: Graph, source: Port, node: Node, cls: type[Layer]) -> list[GraphEdit]:
    """The wire into the new node, and, if one single wire left the node before it, that wire from the new node on."""
    end = Port(node.id, cls.inputs[0].end())
    wire = _only_wire(graph, source, cls)
    if wire is None:
        return [AddEdge(Edge(source, end), len(graph.edges))]
    at = graph.edges.index(wire)
    on = Edge(Port(node.id, cls.output_ports[0]), wire.target)
    return [RemoveEdge(wire, at), AddEdge(Edge(source, end), at), AddEdge(on, at + 1)]

"""The edits that do what a layer proposes where something does not fit it."""

from __future__ import annotations

from workbench.core.edits import MISSING
from workbench.core.graph import Graph, Node, Port
from workbench.core.graph_edits import insert, set_param
from workbench.core.values import shape_text
from workbench.layers.spec import Insert, Remedy, SetWidth, find, first_name
from workbench.model.mending import Fix
from workbench.model.shapes import Shapes


def fix_for(graph: Graph, shapes: Shapes, node: Node, port: str, intent: Remedy) -> Fix | None:
    """The edit that does what a layer proposes; None where it cannot be done."""
    if isinstance(intent, Insert):
        cls = find(intent.layer)
        if cls is None or port not in graph.incoming[node.id]:
            return None
        ends = (cls.inputs[0].name, cls.output_ports[0])
        edit = insert(graph, Port(node.id, port), intent.layer, first_name(intent.layer), intent.params, ends)
        return Fix(f"Insert {described(intent)} before {node.name}", edit)
    if isinstance(intent, SetWidth):
        return width_fix(graph, shapes, node, port, intent.width)
    if intent.value is MISSING:
        return Fix(f"Remove {intent.param} from {node.name}", set_param(node, intent.param, MISSING))
    value = list(intent.value) if isinstance(intent.value, tuple) else intent.value
    return Fix(f"Set {intent.param} of {node.name} to {value}", set_param(node, intent.param, value))


def described(intent: Insert) -> str:
    """A layer to be inserted, for people: `Conv2d(out_channels=32, kernel_size=1)`, `Interpolate to 28×28`."""
    given = {key: value for key, value in intent.params.items() if value is not None and key != "mode"}
    if list(given) in (["size"], ["output_size"], ["unflattened_size"]):
        (size,) = given.values()
        return f"{intent.layer} to {shape_text(tuple(size)) if isinstance(size, list) else size}"
    return f"{intent.layer}({', '.join(f'{key}={value}' for key, value in given.items())})" if given else intent.layer


def width_fix(graph: Graph, shapes: Shapes, node: Node, port: str, width: int) -> Fix | None:
    """The fix that makes the layer that feeds a port give so many channels or features; None if there is no such."""
    source = graph.incoming[node.id].get(port)
    giver = _width_giver(graph, shapes, source.node) if source else None
    if giver is None:
        return None
    name = shapes.layers[giver.id].width_setting
    return Fix(f"Set {name} of {giver.name} to {width}", set_param(giver, name, width))


def _width_giver(graph: Graph, shapes: Shapes, id_: str) -> Node | None:
    """The nearest node up the wires that decides how many channels there are; None if several could."""
    while True:
        layer, node = shapes.layers.get(id_), graph.nodes[id_]
        sources = list(graph.incoming[id_].values())
        if layer is None or node.share_with:
            return None
        if layer.width_setting and not node.bypass:
            return node
        keeps = len(sources) == 1 and id_ in shapes.inputs and Port(id_, layer.output_ports[0]) in shapes.values
        if not keeps or shapes.inputs[id_][0].shape[:1] != shapes.values[Port(id_, layer.output_ports[0])].shape[:1]:
            return None
        id_ = sources[0].node

"""Fixes that are found by trying: wires that fit, sizes that meet, another layer in a layer's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from workbench.core.edits import MISSING, AddEdge, AddNode, CompositeGraphEdit, Edit, GraphEdit, SetField, SetParam
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.graph_edits import STEP, connect, free_place, insert, new_id, remove, set_param
from workbench.core.names import free_name, is_within
from workbench.core.values import Json, Value
from workbench.layers.base_loss import Loss
from workbench.layers.spec import REGISTRY, In, Layer, ShapeError, check_kind, find, first_name, port_of
from workbench.model.shapes import Shapes, infer

MOST_TRIED = 8
MOST_OFFERED = 3


@dataclass(frozen=True)
class Fix:
    """What would mend a problem."""

    text: str
    edit: Edit


def ranked(graph: Graph, fixes: Sequence[Fix]) -> list[Fix]:
    """The fixes by how many nodes have no shape after them, the best first; equally good ones keep their order."""
    return sorted(fixes, key=lambda fix: _left(graph, fix)) if len(fixes) > 1 else list(fixes)


def _left(graph: Graph, fix: Fix) -> int:
    """How many nodes have no shape after a fix."""
    assert isinstance(fix.edit, GraphEdit)
    try:
        after = fix.edit.apply(graph)
        shapes = infer(after)
    except GraphError:
        return len(graph.nodes) + 1
    return sum(id_ not in shapes.inputs or id_ in shapes.faults for id_ in after.nodes)


def wire_fixes(graph: Graph, shapes: Shapes, node: Node, port: str) -> list[Fix]:
    """For an input that nothing is wired to: outputs that fit, those that nothing uses yet before the others.

    None of them is behind the node: what is behind a fault has no value. Without any, what usually feeds it is added.
    """
    cls = find(node.layer)
    declared = port_of(cls, port) if cls else None
    if cls is None or declared is None:
        return []
    given = set(graph.incoming[node.id].values())
    others = [shapes.values[source].shape for source in given if source in shapes.values] if declared.variadic else []
    fitting = [
        source
        for source, value in shapes.values.items()
        if source not in given and _fits(declared, port, value) and (not others or value.shape in others)
    ]
    used = {edge.source for edge in graph.edges}
    free = [source for source in fitting if source not in used]
    block = node.name.rpartition(".")[0]
    near = list(reversed(free or fitting))
    if declared.variadic:  # a shortcut begins outside of its block, and what is near is likelier
        nearest = sorted(near, key=lambda source: _is_inside(graph, source, block))[:MOST_TRIED]
    else:
        own = [source for source in reversed(fitting) if _is_inside(graph, source, block)]
        nearest = [*own, *(source for source in near if source not in own)][:MOST_TRIED]
    fixes = ranked(graph, [_wire(graph, source, Port(node.id, port)) for source in nearest])[:MOST_OFFERED]
    if not free and declared.default_source and (not fixes or issubclass(cls, Loss)):
        fixes = [usual_before(graph, shapes, node, port, declared.default_source), *fixes]
    if not fixes and "map" in (declared.kinds or ("map",)) and not any(each.layer == "Input" for each in graph):
        fixes = [usual_before(graph, shapes, node, port, "Input")]
    taken_out = _taken_out(graph, node) if declared.variadic and len(given) == 1 else None
    return [*fixes, *([taken_out] if taken_out else [])]


def _fits(declared: In, port: str, value: Value) -> bool:
    try:
        check_kind(declared, port, value)
    except ShapeError:
        return False
    return True


def _is_inside(graph: Graph, source: Port, block: str) -> bool:
    return bool(block) and is_within(graph.nodes[source.node].name, block)


def _wire(graph: Graph, source: Port, target: Port) -> Fix:
    text = f"Connect {graph.nodes[source.node].name} to {graph.nodes[target.node].name}"
    return Fix(text, connect(graph, source, target))


def usual_before(graph: Graph, shapes: Shapes, node: Node, port: str, layer: str) -> Fix:
    """The fix that adds the layer that usually feeds an input."""
    cls = find(layer)
    assert cls is not None
    x, y = node.position
    place = free_place(graph, (x - STEP[0], y + STEP[1]))
    params = _answer(graph, shapes, node) if layer == "Target" else {}
    before = Node(new_id(graph), free_name(first_name(layer), list(graph.by_name)), layer, params, position=place)
    wire = AddEdge(Edge(Port(before.id, cls.output_ports[0]), Port(node.id, port)))
    text = f"Add {'an' if layer == 'Input' else 'a'} {layer} for {node.name}"
    return Fix(text, CompositeGraphEdit((AddNode(before), wire), text))


def _answer(graph: Graph, shapes: Shapes, loss: Node) -> Mapping[str, Json]:
    """Settings of the Target that a loss node compares its prediction with; none where that is not known."""
    layer, source = shapes.layers.get(loss.id), graph.incoming[loss.id].get("prediction")
    prediction = shapes.values.get(source) if source else None
    if not isinstance(layer, Loss) or prediction is None:
        return {}
    return answer_settings(shapes, layer, prediction)


def answer_settings(shapes: Shapes, loss: Loss, prediction: Value) -> Mapping[str, Json]:
    """Settings of the Target that a prediction is compared with by a loss: the picture again, where it is one."""
    params = dict(loss.answer(prediction))
    for id_, other in shapes.layers.items():
        value = shapes.values.get(Port(id_, "y")) if other.data_field else None
        if value is not None and value.kind == params.get("kind") and list(value.shape) == params.get("shape"):
            params["field"] = str(getattr(other, "field", "image"))
    return params


def input_fix(graph: Graph, shapes: Shapes) -> Fix:
    """The fix that adds an Input, before the first node that takes a picture and has none."""
    for id_, fault in shapes.faults.items():
        node, port = graph.nodes[id_], fault.error.port
        cls = find(node.layer)
        declared = port_of(cls, port) if cls and port else None
        if fault.error.found == "nothing" and declared and (not declared.kinds or "map" in declared.kinds):
            return usual_before(graph, shapes, node, port, "Input")
    place = free_place(graph, min((node.position for node in graph), default=(0.0, 0.0)))
    node = Node(new_id(graph), free_name("image", list(graph.by_name)), "Input", position=place)
    return Fix("Add an Input", AddNode(node))


def _taken_out(graph: Graph, node: Node) -> Fix:
    """The fix that takes away a node that only one wire reaches, and leads that wire on."""
    (source,) = graph.incoming[node.id].values()
    text = f"Take {node.name} out"
    step = remove(graph, node)
    edits: list[GraphEdit] = [*step.edits, *(AddEdge(Edge(source, edge.target)) for edge in graph.outgoing[node.id])]
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def size_fixes(graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value) -> list[Fix]:
    """Where a map has other rows and columns than are needed: settings that give them, or a layer that brings them.

    Args:
        graph: the network.
        shapes: its shapes.
        node: where the map comes in.
        port: by which input.
        wanted: what would fit.
    """
    source = graph.incoming[node.id].get(port)
    value = shapes.values.get(source) if source else None
    if source is None or value is None or len(value.shape) != 3 or len(wanted.shape) != 3:
        return []
    if value.spatial == wanted.spatial:
        return []
    found = list(_settings_that_give(graph, shapes, source.node, wanted.spatial))[:MOST_OFFERED]
    if value.channels == wanted.channels:
        params: Mapping[str, Json] = {"output_size": list(wanted.spatial)}
        edit = insert(graph, Port(node.id, port), "AdaptiveAvgPool2d", "resize", params, ("x", "y"))
        size = "×".join(map(str, wanted.spatial))
        found.append(Fix(f"Insert AdaptiveAvgPool2d to {size} before {node.name}", edit))
    return found


def _settings_that_give(graph: Graph, shapes: Shapes, id_: str, spatial: tuple[int, ...]) -> Iterator[Fix]:
    """Changes of one setting of the nearest layer up the wires that sets rows and columns, which make them right."""
    while True:
        layer, inputs, node = shapes.layers.get(id_), shapes.inputs.get(id_), graph.nodes[id_]
        if layer is None or inputs is None or node.share_with:
            return
        if "kernel_size" in type(layer).model_fields and not node.bypass:
            break
        sources = list(graph.incoming[id_].values())
        value = shapes.values.get(Port(id_, layer.output_ports[0])) if layer.output_ports else None
        if len(sources) != 1 or value is None or inputs[0].spatial != value.spatial:
            return
        id_ = sources[0].node
    for param, setting in _changes(layer):
        try:
            changed = type(layer).model_validate({**node.params, param: setting})
            value = next(iter(changed.outputs(*inputs).values()))
        except (ValidationError, ShapeError):
            continue
        if value.spatial == spatial:
            yield Fix(f"Set {param} of {node.name} to {setting}", set_param(node, param, setting))


def _changes(layer: Layer) -> Iterator[tuple[str, Json]]:
    """Settings that change the size of a map a little, the most usual first."""
    fields = type(layer).model_fields
    kernel = getattr(layer, "kernel_size", 1)
    largest = kernel if isinstance(kernel, int) else max(kernel)
    if "padding" in fields:
        yield "padding", "same"
        yield from (("padding", margin) for margin in range(largest + 1))
    if "output_padding" in fields:
        yield from (("output_padding", extra) for extra in range(4))
    if isinstance(kernel, int):
        yield from (("kernel_size", kernel + step) for step in (1, -1, 2, -2))


def other_layer_fixes(graph: Graph, shapes: Shapes, node: Node, port: str) -> list[Fix]:
    """The same layer for another number of axes, in the place of one that what comes in has the wrong number for."""
    source = graph.incoming[node.id].get(port)
    value = shapes.values.get(source) if source else None
    stem = node.layer.rstrip("d").rstrip("123")
    if value is None or stem == node.layer:
        return []
    found = []
    for name, cls in REGISTRY.items():
        if name != node.layer and name.rstrip("d").rstrip("123") == stem and cls.inputs:
            if not _fits(cls.inputs[0], port, value):
                continue
            gone = [param for param in node.params if param not in cls.model_fields]
            edits: list[GraphEdit] = [SetField(node.id, "layer", node.layer, name, node.name)]
            edits += [SetParam(node.id, param, node.params[param], MISSING, node.name) for param in gone]
            text = f"Make {node.name} a {name}"
            found.append(Fix(text, CompositeGraphEdit(tuple(edits), text)))
    return found

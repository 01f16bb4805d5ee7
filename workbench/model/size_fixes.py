"""Fixes that make sizes meet: settings further up the wires that give them, and settings as they were by default."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal, get_args, get_origin

from pydantic import ValidationError

from workbench.core.edits import MISSING, CompositeGraphEdit, GraphEdit, SetField, SetParam
from workbench.core.graph import Graph, Node, Port
from workbench.core.graph_edits import set_param
from workbench.core.values import Json, Value, shape_text
from workbench.layers.spec import REGISTRY, Layer, ShapeError, find
from workbench.model.mending import MOST_OFFERED, Fix
from workbench.model.shapes import Shapes
from workbench.model.what_fits import fits_after, fits_kind

FARTHEST = 6  # nodes up the wires whose settings are looked at
FIXED = ("size", "output_size")  # settings that say how large a map is that a layer gives
SIZING = {"kernel_size", "scale_factor", *FIXED}  # settings of layers that give maps of other sizes
AN = ("A", "E", "I", "O", "MSE", "L1", "NLL")  # how names begin that are spoken with a vowel
LABEL_LOSS = "BCEWithLogitsLoss"  # of labels, each of which may be there
NOWHERE = Port("", "")
USUAL_LOSSES = ("CrossEntropyLoss", "MSELoss", "BCEWithLogitsLoss")
PLAIN: dict[str, Json] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}  # tried beside the default


def settings_for_size(
    graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value, *, kernels: bool = False
) -> Iterator[Fix]:
    """Changes of one setting of the nearest layer up the wires that sets the sizes behind the channels.

    Args:
        graph: the network.
        shapes: its shapes.
        node: where a map comes in.
        port: by which input.
        wanted: what would fit.
        kernels: take kernels of another size, or else all other settings.
    """
    giver = _giver_for(graph, shapes, node, port, wanted)
    if giver is None:
        return
    layer, inputs = shapes.layers[giver.id], shapes.inputs[giver.id]
    found = 0
    for param, setting in _kernels(layer) if kernels else _changes(layer):
        try:
            changed = type(layer).model_validate({**giver.params, param: setting})
            given = next(iter(changed.outputs(*inputs).values()))
        except (ValidationError, ShapeError):
            continue
        if given.spatial == wanted.spatial:
            found += 1
            yield Fix(f"Set {param} of {giver.name} to {setting}", set_param(giver, param, setting))
        if found == MOST_OFFERED:
            return


def fixed_sizes(graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value) -> Iterator[Fix]:
    """The size that a layer up the wire brings all maps to, such as Interpolate, as it is wanted.

    Args:
        graph: the network.
        shapes: its shapes.
        node: where a map comes in.
        port: by which input.
        wanted: what would fit.
    """
    giver = _giver_for(graph, shapes, node, port, wanted)
    if giver is None:
        return
    layer = shapes.layers[giver.id]
    for param in FIXED:
        before = getattr(layer, param, None)
        if before is not None and (isinstance(before, int) or len(before) == len(wanted.spatial)):
            size = list(wanted.spatial)
            text = f"Set {param} of {giver.name} to {shape_text(wanted.spatial)}"
            yield Fix(text, set_param(giver, param, size[0] if len(size) == 1 else size))


def _giver_for(graph: Graph, shapes: Shapes, node: Node, port: str, wanted: Value) -> Node | None:
    """What decides the sizes behind the channels of what comes in, where they are others than wanted."""
    source = graph.incoming[node.id].get(port)
    value = shapes.values.get(source) if source else None
    if source is None or value is None or len(value.shape) != len(wanted.shape) or value.spatial == wanted.spatial:
        return None
    return _size_giver(graph, shapes, source.node)


def _size_giver(graph: Graph, shapes: Shapes, id_: str) -> Node | None:
    """The nearest node up the wires that decides how high and wide a map is; None if there is no single one."""
    while True:
        layer, inputs, node = shapes.layers.get(id_), shapes.inputs.get(id_), graph.nodes[id_]
        if layer is None or inputs is None or node.share_with:
            return None
        fields = type(layer).model_fields
        if SIZING & set(fields) and not node.bypass:
            return node
        sources = list(graph.incoming[id_].values())
        value = shapes.values.get(Port(id_, layer.output_ports[0])) if layer.output_ports else None
        if len(sources) != 1 or value is None or inputs[0].spatial != value.spatial:
            return None
        id_ = sources[0].node


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
    if "ceil_mode" in fields:
        yield "ceil_mode", not getattr(layer, "ceil_mode", False)
    for name in ("stride", "scale_factor"):
        if name in fields:
            yield from ((name, step) for step in (1, 2, 3, 4, 8))


def _kernels(layer: Layer) -> Iterator[tuple[str, Json]]:
    """Kernels of nearly the size, which change what is learnt."""
    kernel = getattr(layer, "kernel_size", None)
    if isinstance(kernel, int):
        yield from (("kernel_size", kernel + step) for step in (1, -1, 2, -2))


def other_layer_fixes(graph: Graph, shapes: Shapes, node: Node, port: str) -> Iterator[Fix]:
    """The same layer for another number of axes, in the place of one that what comes in has the wrong number for."""
    source = graph.incoming[node.id].get(port)
    value = shapes.values.get(source) if source else None
    stem = node.layer.rstrip("d").rstrip("123")
    if value is None or stem == node.layer:
        return
    for name, cls in REGISTRY.items():
        if name != node.layer and name.rstrip("d").rstrip("123") == stem and cls.inputs:
            if not fits_kind(cls.inputs[0], port, value):
                continue
            yield _made(node, name)


def _made(node: Node, layer: str) -> Fix:
    """The fix that makes a node one of another layer, with those of its settings that the layer has."""
    fields = REGISTRY[layer].model_fields
    edits: list[GraphEdit] = [SetField(node.id, "layer", node.layer, layer, node.name)]
    gone = [param for param in node.params if param not in fields]
    edits += [SetParam(node.id, param, node.params[param], MISSING, node.name) for param in gone]
    text = f"Make {node.name} {'an' if layer.startswith(AN) else 'a'} {layer}"
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def other_losses(graph: Graph, shapes: Shapes, node: Node) -> Iterator[Fix]:
    """Another loss in the place of one that does not compare what comes in, those that take it as it is first."""
    values = [shapes.values.get(source) for source in graph.incoming[node.id].values()]
    ports = set(graph.incoming[node.id])
    if any(value is None for value in values):
        return
    found: list[tuple[bool, str]] = []
    for name, cls in REGISTRY.items():
        if not cls.is_loss or name == node.layer or {port.name for port in cls.inputs} != ports:
            continue
        ordered = [shapes.values[graph.incoming[node.id][port.name]] for port in cls.inputs]
        if all(fits_kind(port, port.name, value) for port, value in zip(cls.inputs, ordered, strict=True)):
            try:
                cls().outputs(*ordered)
            except ShapeError:
                found.append((True, name))
            else:
                found.append((False, name))
    target = shapes.values.get(graph.incoming[node.id].get("target", NOWHERE))
    has_labels = target is not None and target.kind == "vector" and target.shape == (len(target.classes),)
    names = dict.fromkeys(([LABEL_LOSS] if has_labels else []) + [*USUAL_LOSSES])
    usual = {name: place for place, name in enumerate(names)}
    for _, name in sorted(found, key=lambda row: (row[0], usual.get(row[1], len(usual)))):
        yield _made(node, name)


def reset_fixes(graph: Graph, shapes: Shapes, node: Node, ports: Sequence[str]) -> Iterator[Fix]:
    """Settings of a node, and of those that feed it, as they are by default or in other nodes of their kind.

    Args:
        graph: the network.
        shapes: its shapes.
        node: the node.
        ports: its inputs, the one first that is likeliest to get what is wrong.
    """
    above = graph.ancestors([node.id])
    yield from _resets(graph, shapes, node, above, node)
    seen = {node.id}
    for port in ports:
        waiting = [graph.incoming[node.id][port].node]
        for _ in range(FARTHEST):
            id_ = waiting.pop(0) if waiting else node.id
            if id_ in seen:
                continue
            seen.add(id_)
            waiting += [source.node for source in graph.incoming[id_].values()]
            layer, giver = shapes.layers.get(id_), graph.nodes[id_]
            if layer is not None and not layer.data_field and not giver.share_with:
                yield from _resets(graph, shapes, node, above, giver)


def _resets(graph: Graph, shapes: Shapes, node: Node, above: Collection[str], giver: Node) -> Iterator[Fix]:
    """Settings of one node by which what comes into another, or into itself, would do."""
    cls = find(giver.layer)
    for param, value in giver.params.items():
        if cls is None or param not in cls.model_fields or param == cls.width_setting:
            continue
        for other in _usual(graph, giver, cls, param):
            params = {**giver.params, param: other}
            if other == value:
                continue
            try:
                layer = cls.model_validate(params)
            except ValidationError:
                continue
            if fits_after(graph, shapes, node, above, giver.id, layer):
                default = _listed(cls.model_fields[param].default)
                setting = MISSING if other == default else other
                yield Fix(f"Set {param} of {giver.name} to {other}", set_param(giver, param, setting))


def _usual(graph: Graph, node: Node, cls: type[Layer], param: str) -> list[Json]:
    """Values of a setting: what most other nodes of the kind have, the default, and what else it may be."""
    field = cls.model_fields[param]
    default = _listed(field.default)
    others = [each.params.get(param, default) for each in graph if each.layer == node.layer and each is not node]
    usual = sorted((each for each in others), key=others.count, reverse=True)[:1]
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return [*usual, default, *([PLAIN[param]] if param in PLAIN else []), *choices]


def _listed(value: Json) -> Json:
    return list(value) if isinstance(value, tuple) else value

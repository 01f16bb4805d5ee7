"""A `Value` for every port, or a `Fault` for the node where it goes wrong: plain arithmetic, no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import ValidationError

from workbench.core import strict_json
from workbench.core.edits import MISSING
from workbench.core.graph import Graph, Node, Port
from workbench.core.validation import explain
from workbench.core.values import Shape, Value, shape_text
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, check_kind, find, port_of

MEMO = "shapes"  # their place in Graph.memo
MOST_ELEMENTS = 2**36  # of one value: 256 GiB of float32 for each sample


class BypassError(ShapeError):
    """A bypass is in the way.

    Attributes:
        node: id of the bypassed node.
    """

    def __init__(self, message: str, node: Node, *, port: str) -> None:
        super().__init__(message, port=port, found=f"{node.name} is bypassed", needed=f"{node.name} in use")
        self.node = node.id


@dataclass(frozen=True)
class Fault:
    """Why a node gives nothing; `port` is "" where the node itself is wrong, `param` names a setting that is."""

    error: ShapeError
    param: str = ""


@dataclass
class Shapes:
    """What inference found.

    Attributes:
        layers: node id → its layer with checked settings; absent where layer or settings are wrong.
        inputs: node id → the values that come in, in the order of its ports; absent where one is unknown.
        values: output port → its value.
        faults: node id → what is wrong there. Nodes behind a fault have neither values nor faults.
    """

    layers: dict[str, Layer] = field(default_factory=dict)
    inputs: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    values: dict[Port, Value] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)


def infer(graph: Graph) -> Shapes:
    """Returns the shapes of the whole graph, which are computed once for each graph; nobody may change them.

    Raises:
        GraphError: the wires go round in a circle.
    """
    if MEMO not in graph.memo:
        graph.memo[MEMO] = _inferred(graph)
    return cast(Shapes, graph.memo[MEMO])


def _inferred(graph: Graph) -> Shapes:
    """Computes the shapes in one pass from the inputs on, and in a second one if shared weights do not fit."""
    shapes = _passed(graph, {})
    sharing = [node for node in graph if node.share_with and node.id in shapes.inputs and node.id not in shapes.faults]
    refused = {node.id: error for node in sharing if (error := _sharing_error(graph, node, shapes))}
    return _passed(graph, refused) if refused else shapes


def _passed(graph: Graph, refused: Mapping[str, ShapeError]) -> Shapes:
    """One pass; the refused nodes have these errors, whatever their shapes."""
    shapes = Shapes()
    for id_ in graph.order:
        try:
            _infer_node(graph, graph.nodes[id_], shapes)
            if id_ in refused:
                raise refused[id_]
        except ShapeError as error:
            shapes.faults.setdefault(id_, Fault(error))
            for name in shapes.layers[id_].output_ports if id_ in shapes.layers else ():
                shapes.values.pop(Port(id_, name), None)
    return shapes


def _infer_node(graph: Graph, node: Node, shapes: Shapes) -> None:
    layer = _layer(node, shapes)
    if layer is None:
        return
    shapes.layers[node.id] = layer
    wires = sorted_wires(type(layer), graph.incoming[node.id])
    values = []
    for wire, port, source in wires:
        value = shapes.values.get(source)
        if value is None:
            _check_source(graph, source, shapes, wire)
            return
        check_kind(port, wire, value)
        values.append(value)
    _check_complete(type(layer), [wire for wire, _, _ in wires])
    shapes.inputs[node.id] = tuple(values)
    try:
        outputs = layer.outputs(*values)
    except ShapeError as error:
        error.port = _wire_name(error.port, wires)
        raise
    _check_sizes(outputs)
    if node.bypass:
        outputs = _bypassed(node, layer, values, outputs)
    shapes.values.update({Port(node.id, name): value for name, value in outputs.items()})


def _layer(node: Node, shapes: Shapes) -> Layer | None:
    """The node's layer with its settings checked; None, and a fault noted, if they are wrong."""
    cls = find(node.layer)
    if cls is None:
        raise ShapeError(
            f'is a "{node.layer}", which this version does not know. It is kept as it is.',
            port="",
            found=node.layer,
            needed="a layer of this version",
        )
    try:
        return cls.model_validate(dict(node.params))
    except ValidationError as error:
        place, reason = explain(error, cls)[0]
        param = re.split(r"[.\[]", place, maxsplit=1)[0]
        is_known = param in cls.model_fields
        fault = ShapeError(
            f"{place} {reason}{'' if reason.endswith('?') else '.'}",
            port="",
            found=strict_json.line(node.params.get(param))[:80],
            needed=reason.removeprefix("must be ").partition(", found ")[0] if is_known else f"no setting {param}",
            fixes=(SuggestParam(param, cls.model_fields[param].default if is_known else MISSING),),
        )
        shapes.faults[node.id] = Fault(fault, param)
        return None


def sorted_wires(cls: type[Layer], incoming: Mapping[str, Port]) -> list[tuple[str, In, Port]]:
    """The wires of a node in the order of its ports: (end of the wire, declared port, where it comes from).

    Raises:
        ShapeError: a wire ends at a port that the layer does not have.
    """
    found = []
    for wire, source in incoming.items():
        port = port_of(cls, wire)
        if port is None:
            raise ShapeError(
                f'has no input "{wire}"; a {cls.__name__} has {inputs_text(cls)}.',
                port=wire,
                found=wire,
                needed=inputs_text(cls),
            )
        number = int(wire.partition(".")[2] or 0)
        found.append((cls.inputs.index(port), number, wire, port, source))
    return [(wire, port, source) for _, _, wire, port, source in sorted(found, key=lambda each: each[:2])]


def used_outputs(graph: Graph, id_: str, layer: Layer) -> tuple[str, ...]:
    """Output ports of a node that are computed: all but the optional ones that no wire leaves."""
    wired = {edge.source.name for edge in graph.outgoing[id_]}
    bypassed = graph.nodes[id_].bypass
    return tuple(
        name
        for number, name in enumerate(layer.output_ports)
        if (not bypassed or number == 0) and (name not in layer.optional_outputs or name in wired)
    )


def inputs_text(cls: type[Layer]) -> str:
    """The layer's inputs for people: `prediction and target`."""
    names = [f"{port.name}.0, {port.name}.1, …" if port.variadic else port.name for port in cls.inputs]
    return " and ".join(names) or "no inputs"


def _check_source(graph: Graph, source: Port, shapes: Shapes, wire: str) -> None:
    """Says so if a wire comes from an output that is not there; else the node it comes from has a fault of its own."""
    layer = shapes.layers.get(source.node)
    if layer is not None and source.name not in layer.output_ports:
        name = graph.nodes[source.node].name
        have = " and ".join(layer.output_ports) or "no outputs"
        raise ShapeError(
            f'is wired to the output "{source.name}" of {name}, which has {have}.',
            port=wire,
            found=source.name,
            needed=have,
        )
    node = graph.nodes[source.node]
    if node.bypass and source.node in shapes.inputs and source.node not in shapes.faults:
        raise BypassError(f"needs the {source.name} of {node.name}, which is bypassed.", node, port=wire)


def _check_complete(cls: type[Layer], wires: list[str]) -> None:
    for port in cls.inputs:
        ends = [wire for wire in wires if wire.partition(".")[0] == port.name]
        if len(ends) < (port.fewest if port.variadic else 1):
            wanted = f"{port.fewest} wires" if port.variadic else "a wire"
            places = [f"{port.name}.{number}" for number in range(len(ends) + 1)]
            free = next(each for each in places if each not in ends) if port.variadic else port.name
            found = f"{len(ends)} of {port.fewest}" if port.variadic else "nothing"
            raise ShapeError(f"its input {port.name} needs {wanted}.", port=free, found=found, needed=wanted)


def _check_sizes(outputs: Mapping[str, Value]) -> None:
    """Refuses what no machine could hold, before anything is made of it."""
    for value in outputs.values():
        if value.elements > MOST_ELEMENTS:
            raise ShapeError(
                f"gives {value}, which is {value.elements:,} numbers for one sample; at most {MOST_ELEMENTS:,} are "
                "taken. Make its input or its settings smaller.",
                port="",
                found=str(value),
                needed=f"at most {MOST_ELEMENTS:,} numbers",
            )


def _wire_name(port: str, wires: list[tuple[str, In, Port]]) -> str:
    """The wire that a layer means by `x.1`: the second one, whatever its number."""
    stem, dot, number = port.partition(".")
    ends = [wire for wire, declared, _ in wires if declared.name == stem]
    return ends[int(number)] if dot and int(number) < len(ends) else port


def _bypassed(node: Node, layer: Layer, values: list[Value], outputs: dict[str, Value]) -> dict[str, Value]:
    """What a bypassed node gives: its input.

    Raises:
        ShapeError: the layer cannot be bypassed.
    """
    first = layer.output_ports[0] if layer.output_ports else ""
    if len(values) != 1 or not first or outputs[first].kind != values[0].kind:
        message = f"cannot be bypassed: a {node.layer} does not have one input and one output of the same kind."
        raise BypassError(message, node, port="")
    return {first: values[0]}


def _sharing_error(graph: Graph, node: Node, shapes: Shapes) -> ShapeError | None:
    """Why a node cannot use the weights of the node that it names; None if it can."""
    owner, ours = graph.nodes.get(node.share_with), shapes.layers[node.id]
    if owner is None or owner.share_with or owner.layer != node.layer or not ours.trains:
        what = f"{owner.name}, a {owner.layer}" if owner else "a node that is not there"
        also = " that shares weights itself" if owner and owner.share_with else ""
        needed = f"a {node.layer} with weights of its own" if ours.trains else "no sharing: it has no weights"
        message = f"shares the weights of {what}{also}; there must be {needed}."
        return ShapeError(message, port="", found=owner.name if owner else "nothing", needed=needed)
    theirs = shapes.layers.get(owner.id)
    if theirs is None or owner.id not in shapes.inputs:
        return None  # the owner's own fault is reported
    for name in type(ours).model_fields:
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there:
            return ShapeError(
                f"shares the weights of {owner.name}, so its settings must be the same, but {name} is {here} here and "
                f"{there} there.",
                port="",
                found=f"{name} {here}",
                needed=f"{name} {there}",
                fixes=(SuggestParam(name, there),),
            )
    found = _weights_text(theirs.parameters(*shapes.inputs[owner.id]))
    needed = _weights_text(ours.parameters(*shapes.inputs[node.id]))
    if found == needed:
        return None
    message = f"shares the weights of {owner.name}, which has {found}, but needs {needed}."
    return ShapeError(message, port="", found=found, needed=needed)


def _weights_text(weights: Mapping[str, Shape]) -> str:
    """Weights for people: `weight 6×1×5×5, bias 6`."""
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in weights.items()) or "no weights"

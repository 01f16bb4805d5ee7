"""A `Value` for every port, or a `Fault` for the node where it goes wrong: plain arithmetic, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from workbench.core.edits import MISSING
from workbench.core.graph import Graph, Node, Port
from workbench.core.validation import explain
from workbench.core.values import Value
from workbench.layers.spec import In, Layer, SetParam, ShapeError, check_kind, find, port_of


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
    """Shapes of the whole graph, in one pass from the inputs on.

    Raises:
        GraphError: the wires go round in a circle.
    """
    shapes = Shapes()
    for id_ in graph.order:
        node = graph.nodes[id_]
        try:
            _infer_node(graph, node, shapes)
        except ShapeError as error:
            shapes.faults.setdefault(id_, Fault(error))
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
    if node.bypass:
        outputs = _bypassed(node, layer, values, outputs)
    _check_shared(graph, node, layer, values, shapes)
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
        param = place.split(".")[0]
        fixes = (SetParam(param, cls.model_fields[param].default if param in cls.model_fields else MISSING),)
        fault = ShapeError(
            f"{place} {reason}.", port="", found=f"{node.params.get(param)!r}"[:80], needed=reason, fixes=fixes
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
    """Says so if a wire comes from an output that the layer does not have; else its node has a fault of its own."""
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


def _check_complete(cls: type[Layer], wires: list[str]) -> None:
    for port in cls.inputs:
        ends = [wire for wire in wires if wire.partition(".")[0] == port.name]
        if len(ends) < (port.fewest if port.variadic else 1):
            wanted = f"{port.fewest} wires" if port.variadic else "a wire"
            free = f"{port.name}.{len(ends)}" if port.variadic else port.name
            found = f"{len(ends)} of {port.fewest}" if port.variadic else "nothing"
            raise ShapeError(f"its input {port.name} needs {wanted}.", port=free, found=found, needed=wanted)


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
        raise ShapeError(
            f"cannot be bypassed: a {node.layer} does not have one input and one output of the same kind.",
            port="",
            found="bypass",
            needed="no bypass",
        )
    return {first: values[0]}


def _check_shared(graph: Graph, node: Node, layer: Layer, values: list[Value], shapes: Shapes) -> None:
    """Refuses shared weights that do not fit."""
    if not node.share_with:
        return
    owner = graph.nodes.get(node.share_with)
    known = shapes.layers.get(node.share_with)
    if owner is None or known is None or owner.share_with or owner.layer != node.layer:
        raise ShapeError(
            "shares the weights of a node that is missing, of another layer, or sharing itself.",
            port="",
            found=owner.name if owner else "nothing",
            needed=f"a {node.layer} with weights of its own",
        )
    theirs = known.parameters(*shapes.inputs.get(owner.id, ()))
    ours = layer.parameters(*values)
    if ours != theirs:
        raise ShapeError(
            f"shares the weights of {owner.name}, but needs {ours} and would get {theirs}.",
            port="",
            found=str(theirs),
            needed=str(ours),
        )

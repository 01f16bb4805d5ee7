"""What one node makes of the values that come in: its layer with checked settings, its outputs, or its fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from workbench.core import strict_json
from workbench.core.edits import MISSING
from workbench.core.graph import Graph, Node, Port
from workbench.core.validation import explain
from workbench.core.values import Value
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, check_kind, find, port_of

Wires = list[tuple[str, In, Port]]  # end of the wire, declared port, where it comes from
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


@dataclass(frozen=True, slots=True)
class NodeShapes:
    """What inference found at one node.

    Attributes:
        layer: its layer with checked settings; None where layer or settings are wrong.
        inputs: the values that come in, in the order of its ports; None where one is unknown.
        outputs: the value at each output port; empty where it gives nothing.
        fault: what is wrong at the node itself, or None.
        wires: its wires in the order of its ports, once they were found to be complete; else None.
    """

    layer: Layer | None = None
    inputs: tuple[Value, ...] | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)
    fault: Fault | None = None
    wires: Wires | None = field(default=None, compare=False)

    def is_as(self, before: NodeShapes | None) -> bool:
        """Whether it is the same as before: the same layer, the same wires, equal values, and nothing wrong."""
        return (
            before is not None
            and self.layer is before.layer
            and self.fault is before.fault is None
            and self.wires == before.wires
            and self.inputs == before.inputs
            and self.outputs == before.outputs
        )

    def looks_as(self, before: NodeShapes | None) -> bool:
        """Whether the nodes behind see the same as before."""
        return (
            before is not None
            and self.outputs == before.outputs
            and type(self.layer) is type(before.layer)
            and (self.inputs is None) == (before.inputs is None)
            and (self.fault is None) == (before.fault is None)
        )


def node_shapes(
    graph: Graph,
    node: Node,
    before: Mapping[str, NodeShapes],
    layer: Layer | None = None,
    wires: Wires | None = None,
) -> NodeShapes:
    """Returns what a node makes of what comes in.

    Args:
        graph: where it is.
        node: the node.
        before: what was found at the nodes that feed it, by id.
        layer: its layer with checked settings, where that is known already.
        wires: its wires, where they are known already.
    """
    is_complete = wires is not None
    inputs: tuple[Value, ...] | None = None
    try:
        layer = layer or _layer(node)
        wires = wires or sorted_wires(type(layer), graph.incoming[node.id])
        inputs_found = _inputs(graph, before, wires)
        if inputs_found is None:
            return NodeShapes(layer)
        if not is_complete:
            _check_complete(type(layer), [wire for wire, _, _ in wires])
        inputs = inputs_found
        return NodeShapes(layer, inputs, _outputs(node, layer, inputs, wires), wires=wires)
    except _SettingError as error:
        return NodeShapes(fault=Fault(error.error, error.param))
    except ShapeError as error:
        return NodeShapes(layer, inputs, fault=Fault(error))


def _inputs(graph: Graph, before: Mapping[str, NodeShapes], wires: Wires) -> tuple[Value, ...] | None:
    """The values that come in; None if one of them is unknown because of a fault further up."""
    values = []
    for wire, port, source in wires:
        value = before[source.node].outputs.get(source.name)
        if value is None:
            _check_source(graph, source, before[source.node], wire)
            return None
        check_kind(port, wire, value)
        values.append(value)
    return tuple(values)


def _outputs(node: Node, layer: Layer, inputs: tuple[Value, ...], wires: Wires) -> Mapping[str, Value]:
    try:
        outputs = layer.outputs(*inputs)
    except ShapeError as error:
        error.port = _wire_name(error.port, wires)
        raise
    _check_sizes(outputs)
    return _bypassed(node, layer, inputs, outputs) if node.bypass else outputs


class _SettingError(Exception):
    """A setting is wrong.

    Attributes:
        error: in what way.
        param: which one.
    """

    def __init__(self, error: ShapeError, param: str) -> None:
        super().__init__(str(error))
        self.error, self.param = error, param


def _layer(node: Node) -> Layer:
    """The node's layer with its settings checked.

    Raises:
        ShapeError: this version knows no such layer.
        _SettingError: a setting is wrong.
    """
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
        raise _SettingError(fault, param) from None


def sorted_wires(cls: type[Layer], incoming: Mapping[str, Port]) -> Wires:
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
    if len(found) > 1:
        found.sort(key=lambda each: each[:2])
    return [(wire, port, source) for _, _, wire, port, source in found]


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


def _check_source(graph: Graph, source: Port, found: NodeShapes, wire: str) -> None:
    """Says so if a wire comes from an output that is not there; else the node it comes from has a fault of its own."""
    node, layer = graph.nodes[source.node], found.layer
    if layer is not None and source.name not in layer.output_ports:
        have = " and ".join(layer.output_ports) or "no outputs"
        raise ShapeError(
            f'is wired to the output "{source.name}" of {node.name}, which has {have}.',
            port=wire,
            found=source.name,
            needed=have,
        )
    if node.bypass and found.inputs is not None and found.fault is None:
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


def _wire_name(port: str, wires: Wires) -> str:
    """The wire that a layer means by `x.1`: the second one, whatever its number."""
    stem, dot, number = port.partition(".")
    ends = [wire for wire, declared, _ in wires if declared.name == stem]
    return ends[int(number)] if dot and int(number) < len(ends) else port


def _bypassed(node: Node, layer: Layer, values: tuple[Value, ...], outputs: Mapping[str, Value]) -> Mapping[str, Value]:
    """What a bypassed node gives: its input.

    Raises:
        ShapeError: the layer cannot be bypassed.
    """
    first = layer.output_ports[0] if layer.output_ports else ""
    if len(values) != 1 or not first or outputs[first].kind != values[0].kind:
        message = f"cannot be bypassed: a {node.layer} does not have one input and one output of the same kind."
        raise BypassError(message, node, port="")
    return {first: values[0]}

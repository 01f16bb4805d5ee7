"""The edit that puts another layer in a node's place: its wires, settings and flags stay where they still fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workbench.core.edits import (
    MISSING,
    AddEdge,
    CompositeGraphEdit,
    GraphEdit,
    NodeField,
    RemoveEdge,
    SetField,
    SetParam,
)
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.names import clash, free_name
from workbench.core.values import Value
from workbench.editing.adding import main_ports
from workbench.layers.spec import REGISTRY, In, Layer, ShapeError, check_kind, find, first_name, port_of
from workbench.model.shapes import Shapes


@dataclass(frozen=True)
class Replacement:
    """A layer in the place of another one.

    Attributes:
        edit: the one step that does it.
        lost: the wires for which the new layer has no port.
    """

    edit: CompositeGraphEdit
    lost: tuple[Edge, ...]

    @property
    def text(self) -> str:
        """What it does, and how many wires go with it."""
        count = len(self.lost)
        gone = f" ({count} wire{'s go' if count > 1 else ' goes'}: no port for {'them' if count > 1 else 'it'})"
        return self.edit.text + (gone if count else "")


def replaced(graph: Graph, shapes: Shapes, id_: str, layer: str) -> Replacement:
    """Puts a layer in the place of a node, which keeps its id.

    Wires go to the ports of the same name, and those of the first input and output to the new layer's first ones.
    Settings that the new layer has and accepts stay. A name that was given by the program becomes the new layer's.

    Args:
        graph: the network.
        shapes: its shapes.
        id_: the node.
        layer: what it becomes.

    Raises:
        GraphError: the node is such a layer already.
    """
    node, cls = graph.nodes[id_], find(layer)
    assert cls is not None
    if find(node.layer) is cls:
        raise GraphError(f"{node.name} is a {layer} already.")
    kept = _kept_wires(graph, node, cls)
    fields: dict[NodeField, Any] = {
        "layer": layer,
        "init": _kept_init(shapes, node, cls),
        "share_with": "",
        "frozen": node.frozen and cls.trains,
        "bypass": node.bypass and _can_be_bypassed(cls),
        "name": _new_name(graph, node, cls),
    }
    settings = _kept_settings(node, cls)
    edits: list[GraphEdit] = [
        SetField(id_, field, getattr(node, field), value, node.name)
        for field, value in fields.items()
        if value != getattr(node, field)
    ]
    edits += [
        SetParam(id_, param, value, MISSING, node.name) for param, value in node.params.items() if param not in settings
    ]
    lost = tuple(edge for edge, now in kept.items() if now is None)
    return Replacement(CompositeGraphEdit((*edits, *_rewired(graph, kept)), f"Replace {node.name} by {layer}"), lost)


def layers_instead(graph: Graph, shapes: Shapes, id_: str) -> tuple[list[str], list[str]]:
    """Returns the names of the layers that fit where a node is, those of its palette group first, and of the others."""
    own = find(graph.nodes[id_].layer)
    others = [(name, cls) for name, cls in REGISTRY.items() if cls is not own]
    fitting = {name for name, cls in others if _fits(graph, shapes, graph.nodes[id_], cls)}
    first = sorted(
        (name for name, _ in others if name in fitting),
        key=lambda name: own is None or REGISTRY[name].group != own.group,
    )
    return first, [name for name, _ in others if name not in fitting]


def _kept_wires(graph: Graph, node: Node, cls: type[Layer]) -> dict[Edge, Edge | None]:
    """Each wire of a node, and what it is at the new layer; None where that has no port for it."""
    old, wired = find(node.layer), list(graph.incoming[node.id])
    ends = _ends(old.inputs, wired) if old else wired
    comes = _matched(ends, _ends(cls.inputs, ends))
    found: dict[Edge, Edge | None] = {}
    for edge in graph.edges:
        if edge.target.node == node.id:
            end = comes.get(edge.target.name)
            found[edge] = Edge(edge.source, Port(node.id, end), edge.extra) if end else None
    leaving = graph.outgoing[node.id]
    names = list(old.output_ports if old else dict.fromkeys(edge.source.name for edge in leaving))
    goes = _matched(names, [] if cls.is_loss else list(cls.output_ports))
    for edge in leaving:
        name = goes.get(edge.source.name)
        found[edge] = Edge(Port(node.id, name), edge.target, edge.extra) if name else None
    return found


def _ends(ports: Iterable[In], wired: list[str]) -> list[str]:
    """The ends of wires at these ports; one that takes any number has its wired ends, or as many as are wired."""
    ends: list[str] = []
    for port in ports:
        own = [end for end in wired if end.partition(".")[0] == port.name and end.partition(".")[2].isdecimal()]
        numbered = own or [f"{port.name}.{number}" for number in range(len(wired))]
        ends += sorted(numbered, key=lambda end: int(end.rpartition(".")[2])) if port.variadic else [port.name]
    return ends


def _matched(names: list[str], ports: list[str]) -> dict[str, str]:
    """The ports that names belong to: namesakes, the first to the first, and any to a port that takes any number."""
    found = {name: name for name in names if name in ports}
    free = [port for port in ports if port not in found]
    for number, name in enumerate(names):
        if name not in found and free and ("." in free[0] or (number == 0 and free[0] == ports[0])):
            found[name] = free.pop(0)
    return found


def _order(cls: type[Layer], end: str) -> tuple[int, int]:
    """Where an end of a wire stands among the inputs of a layer."""
    port, number = port_of(cls, end), end.partition(".")[2]
    return (cls.inputs.index(port) if port else 0, int(number) if number else 0)


def _rewired(graph: Graph, kept: Mapping[Edge, Edge | None]) -> Iterable[GraphEdit]:
    """The edits that lead the wires to their new ports, each in its place among all, and cut those that have none."""
    edges = list(graph.edges)
    changed = [(edge, now) for edge, now in kept.items() if now != edge]
    edits: list[GraphEdit] = []
    places = sorted(((edges.index(edge), edge, now) for edge, now in changed), key=lambda row: row[0])
    for at, edge, _ in reversed(places):  # all are cut before any is drawn, so that two can change places
        edits.append(RemoveEdge(edge, at))
    gone = 0
    for at, _, now in places:
        if now is None:
            gone += 1
        else:
            edits.append(AddEdge(now, at - gone))
    return edits


def _kept_settings(node: Node, cls: type[Layer]) -> dict[str, Any]:
    """The settings that a layer has too and accepts, together."""
    settings = {param: value for param, value in node.params.items() if param in cls.model_fields}
    while settings:
        try:
            cls.model_validate(settings)
        except ValidationError as error:
            wrong = {str(row["loc"][0]) for row in error.errors() if row["loc"]} & settings.keys()
            if not wrong:
                return {}
            settings = {param: value for param, value in settings.items() if param not in wrong}
        else:
            break
    return settings


def _kept_init(shapes: Shapes, node: Node, cls: type[Layer]) -> Mapping[str, Any]:
    """The initialisers of weights that the new layer has under the same name and with as many axes."""
    if not node.init:
        return node.init
    values, old = shapes.inputs.get(node.id), shapes.layers.get(node.id)
    try:
        new = cls.model_validate(_kept_settings(node, cls))
        if old is None or values is None or len(new.inputs) != len(old.inputs):
            return {}
        for port, value in zip(new.inputs, values, strict=False):
            check_kind(port, port.name, value)  # what has other axes may not be asked for its shape
        new.outputs(*values)  # refuses what it has no weights for
        before, after = old.parameters(*values), new.parameters(*values)
    except (ShapeError, ValidationError):
        return {}
    alike = {name for name in before.keys() & after.keys() if len(before[name]) == len(after[name])}
    return {name: text for name, text in node.init.items() if name in alike}


def _can_be_bypassed(cls: type[Layer]) -> bool:
    return main_ports(cls) is not None and len(cls.inputs) == 1 and not cls.inputs[0].variadic


def _new_name(graph: Graph, node: Node, cls: type[Layer]) -> str:
    """The new layer's own name where the old one was the old layer's; a name that a person gave stays."""
    group, dot, last = node.name.rpartition(".")
    wanted = first_name(cls.__name__)
    if not _is_automatic(last, node.layer) or _is_automatic(last, cls.__name__):
        return node.name
    others = [each.name for each in graph if each.id != node.id]
    name = free_name(f"{group}{dot}{wanted}", others)
    return node.name if clash(name, others) else name


def _is_automatic(name: str, layer: str) -> bool:
    """Whether a name is one that the program gives to nodes of a layer: its stem, with any number."""
    first = first_name(layer)
    stem = first.rstrip("0123456789") or first
    number = name.removeprefix(stem)
    return name.startswith(stem) and (number.isdecimal() or (not number and first == stem))


def _fits(graph: Graph, shapes: Shapes, node: Node, cls: type[Layer]) -> bool:
    """Whether a layer takes what comes in at a node and gives what goes out, and no wire is lost."""
    kept = _kept_wires(graph, node, cls)
    if None in kept.values():
        return False
    wires = [edge for edge in kept.values() if edge is not None]
    coming = {edge.target.name: shapes.values.get(edge.source) for edge in wires if edge.target.node == node.id}
    if coming and len(coming) < sum(port.fewest for port in cls.inputs):
        return False
    outputs = _outputs(cls, node, coming)
    if outputs is None:
        return False
    return all(_takes(graph, edge, outputs.get(edge.source.name)) for edge in wires if edge.source.node == node.id)


def _outputs(cls: type[Layer], node: Node, coming: Mapping[str, Value | None]) -> Mapping[str, Value] | None:
    """What a layer would give at a node, as far as it is known; None if it refuses what comes in."""
    ordered = sorted(coming, key=lambda end: _order(cls, end))
    values = [value for end in ordered if (value := coming[end]) is not None]
    try:
        layer = cls.model_validate(_kept_settings(node, cls))
        for end in ordered:
            port, value = port_of(cls, end), coming[end]
            if port is not None and value is not None:
                check_kind(port, end, value)
        return layer.outputs(*values) if values and len(values) == len(coming) else {}
    except ShapeError:
        return None
    except ValidationError:
        return {}


def _takes(graph: Graph, edge: Edge, value: Value | None) -> bool:
    """Whether the input at the end of a wire takes a value."""
    cls = find(graph.nodes[edge.target.node].layer)
    port = port_of(cls, edge.target.name) if cls else None
    if port is None or value is None:
        return True
    try:
        check_kind(port, edge.target.name, value)
    except ShapeError:
        return False
    return True

"""Fixes for all the inputs that have lost their wires at once: one output for them, or a layer like the lost one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, free_place, new_id
from workbench.core.names import free_name
from workbench.core.values import Params, Value
from workbench.layers.spec import REGISTRY, Layer, ShapeError, find, first_name, port_of
from workbench.model.mending import Fix
from workbench.model.shapes import Shapes
from workbench.model.what_fits import fits_at, fits_kind
from workbench.model.wire_fixes import near_sources, together_wired

MOST_LIKE = 3  # nodes of one kind whose settings are tried
MOST_LACKING = 12


@dataclass(frozen=True)
class _Place:
    """Where a layer would stand.

    Attributes:
        sources: what feeds it, by its ports.
        values: the same as values, in the order of the ports.
    """

    sources: Mapping[str, Port]
    values: tuple[Value, ...]


def restored(graph: Graph, shapes: Shapes, node: Node, port: str) -> Iterator[Fix]:
    """Outputs and new layers that would feed an input and all others in the flow to which nothing is wired.

    Args:
        graph: the network.
        shapes: its shapes.
        node: a node that lacks a wire.
        port: by which input.
    """
    lacking = _lacking(graph)
    if not 2 <= len(lacking) <= MOST_LACKING or Port(node.id, port) not in lacking:
        return
    for source in near_sources(graph, shapes, node, port)[:MOST_LIKE]:
        if all(fits_at(graph, shapes, graph.nodes[each.node], each.name, shapes.values[source]) for each in lacking):
            yield together_wired(graph, [(source, each) for each in lacking])
    for cls in _classes(graph, lacking):
        place = _place(graph, shapes, cls)
        if place is None:
            continue
        for params in _settings(graph, cls):
            wires = _wires(graph, shapes, cls, params, place, lacking)
            if wires is not None:
                yield _added(graph, cls, params, place, wires)


def _lacking(graph: Graph) -> list[Port]:
    """The inputs that need a wire and have none, of nodes that are wired otherwise, and of losses."""
    found = []
    for id_, wires in graph.incoming.items():
        cls = find(graph.nodes[id_].layer)
        if cls is None or not (wires or graph.outgoing[id_] or cls.is_loss):
            continue
        for port in cls.inputs:
            names = [port.end(number) for number in range(port.fewest if port.variadic else 1)]
            have = sum(wire.partition(".")[0] == port.name for wire in wires)
            found += [Port(id_, name) for name in names if name not in wires][: len(names) - have]
    return found


def _classes(graph: Graph, lacking: list[Port]) -> list[type[Layer]]:
    """Layers that losses without a wire belong to, and those that the network has."""
    kinds = {graph.nodes[port.node].layer for port in lacking}
    having = [cls for _, cls in REGISTRY.items() if cls.required_losses is not None]
    found = [cls for cls in having if kinds & {each.loss for each in cls.required_losses.losses}]  # type: ignore[union-attr]
    found += [cls for name in dict.fromkeys(node.layer for node in graph) if (cls := find(name)) is not None]
    return [cls for cls in dict.fromkeys(found) if cls.inputs and cls.output_ports and not cls.is_loss]


def _place(graph: Graph, shapes: Shapes, cls: type[Layer]) -> _Place | None:
    """What would feed a layer: what nothing uses yet, or else what is last; None if something cannot be fed."""
    sources: dict[str, Port] = {}
    for port in cls.inputs:
        fitting = [
            source
            for source, value in shapes.values.items()
            if fits_kind(port, port.name, value) and source not in sources.values()
        ]
        if port.variadic or not fitting:
            return None
        loose = [source for source in fitting if not graph.outgoing[source.node]]
        sources[port.name] = (loose or fitting)[-1]
    return _Place(sources, tuple(shapes.values[source] for source in sources.values()))


def _settings(graph: Graph, cls: type[Layer]) -> list[Params]:
    """Settings of other nodes of the kind, and none."""
    found: list[Params] = []
    for node in graph:
        if node.layer == cls.__name__ and node.params not in found and not node.share_with:
            found.append(node.params)
    return [*found[:MOST_LIKE], *([] if {} in found else [{}])]


def _wires(
    graph: Graph, shapes: Shapes, cls: type[Layer], params: Params, place: _Place, lacking: list[Port]
) -> list[tuple[str, Port]] | None:
    """For each input that lacks a wire, the output that would feed it; None if one fits none."""
    try:
        outputs = cls.model_validate(dict(params)).outputs(*place.values)
    except (ValidationError, ShapeError):
        return None
    found = []
    for target in lacking:
        node = graph.nodes[target.node]
        fitting = [name for name, value in outputs.items() if fits_at(graph, shapes, node, target.name, value)]
        if not fitting:
            fitting = [name for name, value in outputs.items() if _is_of_kind(node, target.name, value)]
        if not fitting:
            return None
        found.append((_likeliest(cls, node, target.name, fitting), target))
    return found


def _is_of_kind(node: Node, port: str, value: Value) -> bool:
    cls = find(node.layer)
    declared = port_of(cls, port) if cls is not None else None
    return declared is not None and fits_kind(declared, port, value)


def _likeliest(cls: type[Layer], node: Node, port: str, fitting: list[str]) -> str:
    """The output that a loss of the layer wants there, or that is called as the input is, or else the first."""
    for loss in cls.required_losses.losses if cls.required_losses else ():
        if loss.loss == node.layer and loss.wires.get(port) in fitting:
            return loss.wires[port]
    return port if port in fitting else fitting[0]


def _added(graph: Graph, cls: type[Layer], params: Params, place: _Place, wires: list[tuple[str, Port]]) -> Fix:
    kind = cls.__name__
    before = graph.nodes[next(iter(place.sources.values())).node].position
    name = free_name(first_name(kind), list(graph.by_name))
    where = free_place(graph, (before[0] + STEP[0], before[1]))
    new = Node(new_id(graph), name, kind, params, position=where)
    edits: list[GraphEdit] = [AddNode(new)]
    edits += [AddEdge(Edge(source, Port(new.id, port))) for port, source in place.sources.items()]
    edits += [AddEdge(Edge(Port(new.id, output), target)) for output, target in wires]
    names = list(dict.fromkeys(graph.nodes[target.node].name for _, target in wires))
    text = f"Add {'an' if kind[0] in 'AEIOU' else 'a'} {kind} for {', '.join(names)}"
    return Fix(text, CompositeGraphEdit(tuple(edits), text))

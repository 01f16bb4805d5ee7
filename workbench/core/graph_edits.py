"""Edits that people think of as one: take a node away with its wires, put one on a wire, rewire, rename."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace

from workbench.core.edits import (
    MISSING,
    AddEdge,
    AddNode,
    CompositeGraphEdit,
    GraphEdit,
    Missing,
    RemoveEdge,
    RemoveNode,
    SetField,
    SetGroup,
    SetParam,
)
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.groups import places_seen
from workbench.core.names import clash, free_name, name_problem
from workbench.core.values import Json, Params

ROOM = (170.0, 140.0)  # nodes nearer than this along both axes would touch
STEP = (216.0, 164.0)  # from one node to the next on the canvas; room for shapes on wires and pictures on nodes


def new_id(graph: Graph) -> str:
    """An id that no node or frame of this graph has, and, by chance of 1 in 10^9 or less, no deleted one had."""
    while (id_ := secrets.token_hex(4)) in graph.nodes or id_ in graph.frames:
        pass
    return id_


def set_param(node: Node, param: str, value: Json | Missing) -> SetParam:
    """The edit that gives a setting of a node another value, or its default back (MISSING)."""
    return SetParam(node.id, param, node.params.get(param, MISSING), value, node.name)


def rename(graph: Graph, node: Node, name: str) -> SetField:
    """The edit that renames a node.

    Raises:
        GraphError: the name cannot be one, or clashes with another's.
    """
    if problem := name_problem(name):
        raise GraphError(f'"{name}" cannot be a name: it {problem}.')
    if other := clash(name, (each.name for each in graph if each.id != node.id)):
        raise GraphError(f'"{name}" cannot stand beside "{other}": no name may begin with another one.')
    return SetField(node.id, "name", node.name, name, node.name)


def remove(graph: Graph, node: Node) -> CompositeGraphEdit:
    """The edit that takes a node and its wires away."""
    edits: list[GraphEdit] = []
    edges = list(graph.edges)
    for edge in graph.edges:
        if node.id in (edge.source.node, edge.target.node):
            edits.append(RemoveEdge(edge, edges.index(edge)))
            edges.remove(edge)
    edits.append(RemoveNode(node, list(graph.nodes).index(node.id)))
    return CompositeGraphEdit(tuple(edits), f"Delete {node.name}")


def connect(graph: Graph, source: Port, target: Port) -> CompositeGraphEdit:
    """The edit that draws a wire, in the place of the one that ends there already."""
    edits: list[GraphEdit] = [RemoveEdge(edge, i) for i, edge in enumerate(graph.edges) if edge.target == target]
    edits.append(AddEdge(Edge(source, target), len(graph.edges) - len(edits)))
    name = graph.nodes[target.node].name
    return CompositeGraphEdit(tuple(edits), f"Connect to {name}")


def insert(
    graph: Graph,
    target: Port,
    layer: str,
    name: str,
    params: Params,
    ports: tuple[str, str],
    position: tuple[float, float] | None = None,
) -> CompositeGraphEdit:
    """The edit that puts a new node on the wire that ends at `target`.

    Args:
        graph: where the wire is.
        target: the input port that the wire reaches now.
        layer: kind of the new node.
        name: wanted name of the new node; a free one like it is taken.
        params: settings of the new node.
        ports: names of the new node's input and output ports that join the wire.
        position: where it stands; half way along the wire, or else in a free place near it, if None.
    """
    edge = next(each for each in graph.edges if each.target == target)
    after = graph.nodes[target.node]
    place = position or place_between(graph, edge.source.node, target.node)
    node = Node(new_id(graph), free_name(name, list(graph.by_name)), layer, params, position=place)
    added = (AddNode(node, len(graph.nodes)), *on_wire(graph, edge, node.id, ports))
    return CompositeGraphEdit(added, f"Insert {layer} before {after.name}")


def place_between(graph: Graph, before: str, after: str) -> tuple[float, float]:
    """Returns a free place half way between the boxes of two nodes, or else near there."""
    seen = places_seen(graph, before, after)
    x, y = ((a + b) / 2 for a, b in zip(seen[before], seen[after], strict=True))
    return _free_place(set(seen.values()), (x, y), (seen[after][0] - STEP[0], seen[after][1]), (x, y))


def free_place(graph: Graph, *wanted: tuple[float, float]) -> tuple[float, float]:
    """The first of the wanted places where no node is near; else the nearest one below or above the last of them."""
    return _free_place([node.position for node in graph], *wanted)


def _free_place(taken: Collection[tuple[float, float]], *wanted: tuple[float, float]) -> tuple[float, float]:
    def is_free(x: float, y: float) -> bool:
        return all(abs(x - left) >= ROOM[0] or abs(y - top) >= ROOM[1] for left, top in taken)

    x, y = wanted[-1]
    lanes = [lane for step in range(1, len(taken) + 1) for lane in (step, -step)]
    places = [*wanted, *((x, y + lane * STEP[1] / 2) for lane in lanes)]
    return next((place for place in places if is_free(*place)), (x, y))


def on_wire(graph: Graph, edge: Edge, node: str, ports: tuple[str, str]) -> tuple[GraphEdit, ...]:
    """The edits that lead a wire through a node: into the first of these ports, and on from the second."""
    at = graph.edges.index(edge)
    return (
        RemoveEdge(edge, at),
        AddEdge(Edge(edge.source, Port(node, ports[0])), at),
        AddEdge(Edge(Port(node, ports[1]), edge.target), at + 1),
    )


def moved(graph: Graph, places: Mapping[str, tuple[float, float]]) -> list[GraphEdit]:
    """The edits that put nodes elsewhere, in whole pixels; nodes that stay are left out.

    The box of a group goes along where all its nodes move by the same step.
    """
    edits: list[GraphEdit] = []
    steps: dict[str, tuple[float, float]] = {}
    for id_, (x, y) in places.items():
        node, place = graph.nodes[id_], (float(round(x)), float(round(y)))
        if place != node.position:
            edits.append(SetField(id_, "position", node.position, place, node.name))
            steps[id_] = (place[0] - node.position[0], place[1] - node.position[1])
    for prefix, group in graph.groups.items() if steps else ():
        if group.position is not None:
            taken = {steps.get(node.id, (0.0, 0.0)) for node in graph if node.name.startswith(f"{prefix}.")}
            if len(taken) == 1 and (step := taken.pop()) != (0.0, 0.0):
                x, y = group.position
                edits.append(SetGroup(prefix, group, replace(group, position=(x + step[0], y + step[1]))))
    return edits

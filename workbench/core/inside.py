"""What is seen from inside a group: its own nodes, and the neighbours outside that they are wired to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.core.edits import GraphEdit, SetField, Several
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.groups import Border, members
from workbench.core.names import free_name, is_within, name_problem, prefixes


@dataclass(frozen=True)
class Outside:
    """What is outside of the group that one is in.

    Attributes:
        ids: all nodes outside.
        stand_ins: for each of them that is wired to a node inside, what stands for it: the outermost recorded group
            that it is in and one is not, or its own name.
        borders: the ports of each stand-in that are wired to nodes inside.
        wires: wires of which both ends are outside.
    """

    ids: frozenset[str]
    stand_ins: Mapping[str, str]
    borders: Mapping[str, Border]
    wires: frozenset[Edge]


def outside(graph: Graph, inside: str) -> Outside:
    """Returns what is outside of a group; nothing is outside of the whole network, whose name is ""."""
    if not inside:
        return Outside(frozenset(), {}, {}, frozenset())
    within = {node.id for node in members(graph, inside)}
    crossing = [edge for edge in graph.edges if (edge.source.node in within) != (edge.target.node in within)]
    ends = [edge.target if edge.source.node in within else edge.source for edge in crossing]
    stand_ins = {port.node: _stand_in(graph, graph.nodes[port.node], inside) for port in ends}
    inputs: dict[str, dict[Port, None]] = {}
    outputs: dict[str, dict[Port, None]] = {}
    for edge, port in zip(crossing, ends, strict=True):
        side = outputs if port == edge.source else inputs
        side.setdefault(stand_ins[port.node], {})[port] = None
    return Outside(
        frozenset(graph.nodes) - within,
        stand_ins,
        {name: Border(tuple(inputs.get(name, ())), tuple(outputs.get(name, ()))) for name in stand_ins.values()},
        frozenset(edge for edge in graph.edges if edge.source.node not in within and edge.target.node not in within),
    )


def level_to_see(graph: Graph, id_: str) -> str:
    """Returns the group that one has to go into to see a node: the innermost folded one, or "" without one."""
    around = prefixes(graph.nodes[id_].name)
    folded = [prefix for prefix in around if prefix in graph.groups and graph.groups[prefix].folded]
    return folded[-1] if folded else ""


def level_round(graph: Graph, ids: Iterable[str], inside: str) -> str:
    """Returns the innermost of the groups that lead to a group in which all of these nodes are; "" if it is none."""
    names = [graph.nodes[id_].name for id_ in ids]
    path = path_to(graph, inside)
    return next((prefix for prefix in reversed(path) if all(is_within(name, prefix) for name in names)), "")


def path_to(graph: Graph, inside: str) -> list[str]:
    """Returns the recorded groups that lead to a group, outermost first, and the group itself."""
    return [prefix for prefix in [*prefixes(inside), inside] if prefix in graph.groups] if inside else []


def drawn_inside(graph: Graph, edit: GraphEdit, inside: str) -> GraphEdit:
    """Returns the edit with names by which all nodes that it adds are in a group.

    Raises:
        GraphError: the edit cannot be made.
    """
    if not inside:
        return edit
    after = edit.apply(graph)
    taken = [node.name for node in after]
    renames: list[GraphEdit] = []
    for node in after:
        if node.id not in graph.nodes and not node.name.startswith(inside + "."):
            name = free_name(f"{inside}.{node.name}", taken)
            if not name_problem(name):  # a name that would be too long stays outside
                taken.append(name)
                renames.append(SetField(node.id, "name", node.name, name, node.name))
    return Several((edit, *renames), edit.text) if renames else edit


def _stand_in(graph: Graph, node: Node, inside: str) -> str:
    around = [*prefixes(inside), inside]
    return next(
        (prefix for prefix in prefixes(node.name) if prefix in graph.groups and prefix not in around), node.name
    )

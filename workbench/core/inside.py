"""What is seen from inside a group: its own nodes, and the neighbours outside that they are wired to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workbench.core.edits import MISSING, AddNode, CompositeGraphEdit, GraphEdit, SetField, SetFrame, SetGroup
from workbench.core.frames import Frame
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
    return _innermost_folded(graph, prefixes(graph.nodes[id_].name))


def level_round(graph: Graph, ids: Iterable[str], inside: str) -> str:
    """Returns the innermost of the groups that lead to a group in which all of these nodes are; "" if it is none."""
    names = [graph.nodes[id_].name for id_ in ids]
    path = path_to(graph, inside)
    return next((prefix for prefix in reversed(path) if all(is_within(name, prefix) for name in names)), "")


def frames_inside(graph: Graph, inside: str) -> dict[str, Frame]:
    """Returns the frames and notes that are seen inside a group: those drawn there, or in groups there that are open.

    One whose group is no more belongs to the innermost group round it that is.
    """
    found: dict[str, Frame] = {}
    for id_, frame in graph.frames.items():
        path = path_to(graph, frame.group)
        within = path[path.index(inside) + 1 :] if inside in path else path
        if (not inside or inside in path) and not any(graph.groups[prefix].folded for prefix in within):
            found[id_] = frame
    return found


def level_of_frame(graph: Graph, id_: str) -> str:
    """Returns the group that one has to go into to see a frame: the innermost folded one, or "" without one."""
    return _innermost_folded(graph, path_to(graph, graph.frames[id_].group))


def path_to(graph: Graph, inside: str) -> list[str]:
    """Returns the recorded groups that lead to a group, outermost first, and the group itself."""
    return [prefix for prefix in [*prefixes(inside), inside] if prefix in graph.groups] if inside else []


def drawn_inside(graph: Graph, edit: GraphEdit, inside: str) -> GraphEdit:
    """Returns the edit by which all nodes, groups and frames that it adds are seen where one is.

    Nodes get names inside the group that one is in, and none that would put them into a folded group there.

    Args:
        graph: as it is before.
        edit: what is to be drawn.
        inside: the group that one is in, "" for the network itself.
    """
    added = list(_additions(edit))
    nodes = [each.node for each in added if isinstance(each, AddNode)]
    records = {each.prefix: each.after for each in added if isinstance(each, SetGroup)
               and any(is_within(node.name, each.prefix) for node in nodes)
               and inside and not is_within(each.prefix, inside)}  # fmt: skip
    moves = _renames(graph, nodes, inside)
    for prefix, record in records.items():
        moves += [SetGroup(prefix, record, MISSING), SetGroup(f"{inside}.{prefix}", MISSING, record)]
    for each in added:
        if isinstance(each, SetFrame) and isinstance(each.after, Frame):
            own = each.after.group
            level = f"{inside}.{own}" if own in records else own or inside
            moves += [SetFrame(each.frame, each.after, replace(each.after, group=level))] if level != own else []
    return CompositeGraphEdit((edit, *moves), edit.text) if moves else edit


def _renames(graph: Graph, nodes: list[Node], inside: str) -> list[GraphEdit]:
    """The edits that give added nodes names by which they are seen; one that would be too long stays as it is."""
    taken = [*graph.by_name, *(node.name for node in nodes)]
    edits: list[GraphEdit] = []
    for node in nodes:
        wanted = _seen_name(graph, node.name, inside)
        name = free_name(wanted, taken) if wanted != node.name else wanted
        if name != node.name and not name_problem(name):
            taken.append(name)
            edits.append(SetField(node.id, "name", node.name, name, node.name))
    return edits


def _additions(edit: GraphEdit) -> Iterator[GraphEdit]:
    """The parts of an edit that add nodes, groups and frames."""
    if isinstance(edit, CompositeGraphEdit):
        for each in edit.edits:
            yield from _additions(each)
    elif isinstance(edit, AddNode) or (isinstance(edit, (SetGroup, SetFrame)) and edit.before is MISSING):
        yield edit


def _seen_name(graph: Graph, name: str, inside: str) -> str:
    """The name that a new node would have to be seen inside a group: a group that was there already holds it back."""
    there = [prefix for prefix in prefixes(name) if prefix in graph.groups]
    is_inside = not inside or name.startswith(f"{inside}.")
    is_hidden = any(graph.groups[prefix].folded and not is_within(inside, prefix) for prefix in there)
    if is_inside and not is_hidden:
        return name
    own = name.removeprefix(f"{there[-1]}.") if there else name
    return f"{inside}.{own}" if inside else own


def _innermost_folded(graph: Graph, around: Iterable[str]) -> str:
    """The last of these prefixes, outermost first, that is a folded group; "" if none is."""
    folded = [prefix for prefix in around if prefix in graph.groups and graph.groups[prefix].folded]
    return folded[-1] if folded else ""


def _stand_in(graph: Graph, node: Node, inside: str) -> str:
    around = [*prefixes(inside), inside]
    return next(
        (prefix for prefix in prefixes(node.name) if prefix in graph.groups and prefix not in around), node.name
    )

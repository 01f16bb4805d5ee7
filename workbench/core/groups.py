"""Groups: a dotted prefix of names is one. Who is in it, how it is made and undone, and what a folded one hides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from workbench.core.edits import MISSING, CompositeGraphEdit, GraphEdit, SetField, SetFrame, SetGroup
from workbench.core.graph import Edge, Graph, GraphError, Group, Node, Port
from workbench.core.names import clash, free_name, name_problem, prefixes


@dataclass(frozen=True)
class Border:
    """The wires that cross the border of a group.

    Attributes:
        inputs: ports inside that are wired from outside, each once.
        outputs: ports inside that are wired to the outside, each once.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]


def members(graph: Graph, prefix: str) -> list[Node]:
    """The nodes in a group, those in groups inside it too."""
    return [node for node in graph if node.name.startswith(prefix + ".")]


def folded_over(graph: Graph, inside: str = "") -> Mapping[str, str]:
    """For each node that is hidden, the outermost folded group that it is in; only of groups inside one, if named."""
    folded = {prefix for prefix, group in graph.groups.items() if group.folded and _is_inside(prefix, inside)}
    found: dict[str, str] = {}
    for node in graph if folded else ():
        outermost = next((prefix for prefix in prefixes(node.name) if prefix in folded), None)
        if outermost is not None:
            found[node.id] = outermost
    return found


def open_groups(graph: Graph, inside: str = "") -> Mapping[str, list[Node]]:
    """The recorded groups that are seen open, outermost first, with their members; only those inside one, if named."""
    recorded = [prefix for prefix in graph.groups if _is_inside(prefix, inside)]
    hidden = {prefix for prefix in recorded if graph.groups[prefix].folded}
    seen = [prefix for prefix in recorded if prefix not in hidden and not hidden.intersection(prefixes(prefix))]
    found = {prefix: members(graph, prefix) for prefix in sorted(seen, key=lambda each: each.count("."))}
    return {prefix: nodes for prefix, nodes in found.items() if nodes}


def end_of_folded(graph: Graph, ids: Collection[str]) -> str:
    """Returns the node by which a folded group is left, where these are all its nodes; "" where they are none's."""
    chosen = set(ids)
    folded = (prefix for prefix, group in graph.groups.items() if group.folded)
    if not any(chosen == {node.id for node in members(graph, prefix)} for prefix in folded):
        return ""
    return left_by(graph, chosen, border(graph, chosen))


def left_by(graph: Graph, ids: Collection[str], edge: Border) -> str:
    """Returns the last of these nodes, in the order of the flow, that feeds others; the last of all if none does."""
    leaving = {port.node for port in edge.outputs} or set(ids)
    return next(id_ for id_ in reversed(graph.order) if id_ in leaving)


def places_seen(graph: Graph, *together: str) -> dict[str, tuple[float, float]]:
    """Returns where the box stands by which each node is seen: its own, or that of the folded group that it is in.

    Args:
        graph: the network.
        together: nodes that are seen apart: where one folded group holds them all, boxes are those inside it.
    """
    over = folded_over(graph)
    common = {over.get(id_, "") for id_ in together}
    while len(common) == 1 and (inside := common.pop()):
        over = folded_over(graph, inside)
        common = {over.get(id_, "") for id_ in together}
    boxes = {prefix: graph.groups[prefix].position or middle(members(graph, prefix)) for prefix in set(over.values())}
    return {node.id: boxes[over[node.id]] if node.id in over else node.position for node in graph}


def border(graph: Graph, ids: Collection[str]) -> Border:
    """The ports of these nodes at which wires from and to others end."""
    inputs = [edge.target for edge in graph.edges if edge.target.node in ids and edge.source.node not in ids]
    outputs = [edge.source for edge in graph.edges if edge.source.node in ids and edge.target.node not in ids]
    return Border(tuple(dict.fromkeys(inputs)), tuple(dict.fromkeys(outputs)))


def stem_of(graph: Graph, name: str) -> str:
    """Returns what a name begins with because of the recorded group that it is in, with its dot; "" without one."""
    around = [prefix for prefix in prefixes(name) if prefix in graph.groups]
    return f"{around[-1]}." if around else ""


def innermost(graph: Graph, node: Node) -> str:
    """The recorded group that a node is in, the innermost one; without one the innermost prefix, or ""."""
    around = prefixes(node.name)
    recorded = [prefix for prefix in around if prefix in graph.groups]
    return recorded[-1] if recorded else around[-1] if around else ""


def group(graph: Graph, ids: Iterable[str]) -> tuple[CompositeGraphEdit, str]:
    """The edit that puts nodes into a new group inside the one that they share, and the new group's prefix.

    Raises:
        GraphError: a name would become too long.
    """
    nodes = [graph.nodes[id_] for id_ in ids]
    around = _common([prefixes(node.name) for node in nodes])
    stem = f"{around}." if around else ""
    names = list(graph.by_name)
    number = 1
    while (prefix := f"{stem}group{number}") in graph.groups or clash(prefix, names):
        number += 1
    moved = {node.id: f"{prefix}.{node.name.removeprefix(stem)}" for node in nodes}
    edits = _renamed(graph, moved)
    for old, record in graph.groups.items():
        inside = members(graph, old)
        if old != around and inside and all(node.id in moved for node in inside):
            edits += _moved_record(old, f"{prefix}.{old.removeprefix(stem)}", record)
            edits += _moved_frames(graph, old, f"{prefix}.{old.removeprefix(stem)}")
    edits.append(SetGroup(prefix, MISSING, Group()))
    return CompositeGraphEdit(tuple(edits), f"Group {len(nodes)} nodes"), prefix


def moved_into(graph: Graph, ids: Iterable[str], prefix: str) -> CompositeGraphEdit:
    """The edit that puts nodes into a group, or out of all groups, by their names; those that are taken get a number.

    Args:
        graph: the network.
        ids: the nodes.
        prefix: the group; "" for none.

    Raises:
        GraphError: a name would become too long.
    """
    nodes = [graph.nodes[id_] for id_ in ids]
    gone = {node.id for node in nodes}
    taken = [node.name for node in graph if node.id not in gone]
    stem = f"{prefix}." if prefix else ""
    names: dict[str, str] = {}
    for node in nodes:
        names[node.id] = free_name(stem + node.name.removeprefix(stem_of(graph, node.name)), taken)
        taken.append(names[node.id])
    edits = _renamed(graph, {id_: name for id_, name in names.items() if name != graph.nodes[id_].name})
    what = nodes[0].name if len(nodes) == 1 else f"{len(nodes)} nodes"
    return CompositeGraphEdit(tuple(edits), f"Move {what} {f'into {prefix}' if prefix else 'out of its group'}")


def ungroup(graph: Graph, prefix: str) -> CompositeGraphEdit:
    """The edit that takes a group away: its nodes lose the prefix, and get a number where the name is taken.

    Raises:
        GraphError: what is left of a name cannot be one.
    """
    inside = members(graph, prefix)
    gone = {node.id for node in inside}
    taken = [node.name for node in graph if node.id not in gone]
    parent = prefix.rpartition(".")[0]
    stem = f"{parent}." if parent else ""
    inner = [each for each in graph.groups if each.startswith(prefix + ".") and members(graph, each)]
    freed: dict[str, str] = {}
    for each in sorted(inner, key=lambda name: name.count(".")):
        head = next((old for old in prefixes(each) if old in freed), None)
        wanted = freed[head] + each.removeprefix(head) if head else stem + each.removeprefix(prefix + ".")
        freed[each] = wanted if head else free_name(wanted, taken)
    moved: dict[str, str] = {}
    for node in inside:
        head = next((old for old in prefixes(node.name) if old in freed), None)
        wanted = freed[head] + node.name.removeprefix(head) if head else stem + node.name.removeprefix(prefix + ".")
        moved[node.id] = free_name(wanted, taken)
        taken.append(moved[node.id])
    edits = _renamed(graph, moved)
    for old, new in freed.items():
        edits += [*_moved_record(old, new, graph.groups[old]), *_moved_frames(graph, old, new)]
    edits += _moved_frames(graph, prefix, parent)
    if prefix in graph.groups:
        edits.append(SetGroup(prefix, graph.groups[prefix], MISSING))
    return CompositeGraphEdit(tuple(edits), f"Ungroup {prefix}")


def rename_group(graph: Graph, prefix: str, name: str) -> CompositeGraphEdit:
    """The edit that gives a group another name, and its nodes with it.

    Raises:
        GraphError: the name cannot be one, or is taken.
    """
    inside = members(graph, prefix)
    others = [node.name for node in graph if not node.name.startswith(prefix + ".")]
    if other := clash(name, others) or (name if name in graph.groups else ""):
        raise GraphError(f'"{name}" cannot be the name of a group: "{other}" is there already.')
    edits = _renamed(graph, {node.id: name + node.name.removeprefix(prefix) for node in inside})
    for old, record in graph.groups.items():
        if old == prefix or old.startswith(prefix + "."):
            new = name + old.removeprefix(prefix)
            edits += [*_moved_record(old, new, record), *_moved_frames(graph, old, new)]
    return CompositeGraphEdit(tuple(edits), f"Rename to {name}")


def fold(graph: Graph, prefix: str, *, folded: bool) -> SetGroup:
    """The edit that folds or opens a group; it is recorded if it was not."""
    before = graph.groups.get(prefix, MISSING)
    record = before if isinstance(before, Group) else Group()
    inside = members(graph, prefix)
    position = middle(inside) if folded and inside else None
    return SetGroup(prefix, before, replace(record, folded=folded, position=position))


def middle(nodes: list[Node]) -> tuple[float, float]:
    """Where the box of a folded group stands that has no place of its own: in the middle of its nodes."""
    xs, ys = [node.position[0] for node in nodes], [node.position[1] for node in nodes]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def hidden_wires(graph: Graph, hidden: Mapping[str, str]) -> set[Edge]:
    """Wires that run inside one folded group."""
    if not hidden:
        return set()
    return {
        edge
        for edge in graph.edges
        if edge.source.node in hidden and hidden[edge.source.node] == hidden.get(edge.target.node)
    }


def _is_inside(prefix: str, group: str) -> bool:
    return not group or prefix.startswith(group + ".")


def _common(paths: list[list[str]]) -> str:
    """The longest prefix that all nodes are in."""
    shared = [prefix for prefix in paths[0] if all(prefix in path for path in paths)] if paths else []
    return shared[-1] if shared else ""


def _renamed(graph: Graph, names: Mapping[str, str]) -> list[GraphEdit]:
    for name in names.values():
        if problem := name_problem(name):
            raise GraphError(f'"{name}" cannot be a name: it {problem}.')
    return [SetField(id_, "name", graph.nodes[id_].name, name, graph.nodes[id_].name) for id_, name in names.items()]


def _moved_frames(graph: Graph, old: str, new: str) -> list[GraphEdit]:
    """The frames that were drawn in a group are drawn in another one."""
    frames = ((id_, frame) for id_, frame in graph.frames.items() if frame.group == old)
    return [SetFrame(id_, frame, replace(frame, group=new)) for id_, frame in frames]


def _moved_record(old: str, new: str, record: Group) -> list[GraphEdit]:
    return [SetGroup(old, record, MISSING), SetGroup(new, MISSING, record)]

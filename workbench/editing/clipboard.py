"""Parts of a network as text, for the clipboard: copied from one graph, pasted into the same or another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.edits import MISSING, AddEdge, AddNode, CompositeGraphEdit, GraphEdit, SetFrame, SetGroup
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.frames import MOST_FRAMES, shifted
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.graph_edits import new_id
from workbench.core.groups import members
from workbench.core.names import free_name, prefixes
from workbench.core.strict_json import parse, pretty
from workbench.core.values import Json
from workbench.project.format import MOST_EDGES, MOST_NODES, Reader, graph_json

MARK = "cnn-workbench"
FORMAT = 1
MOST_BYTES = 16 * 2**20
PLACE = "the clipboard"
NOT_OURS = "The clipboard holds no part of a network. Select nodes and copy them first."


@dataclass(frozen=True)
class Fragment:
    """Copied nodes with the wires between them.

    Attributes:
        graph: the nodes, their wires, the groups that were copied whole, and the frames that came along.
        incoming: wires that came from nodes that were not copied.
    """

    graph: Graph
    incoming: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """The edit that pastes, and the ids of the new nodes and frames."""

    edit: CompositeGraphEdit
    ids: tuple[str, ...]
    frames: tuple[str, ...] = ()


def copied(graph: Graph, ids: Collection[str], frames: Collection[str] = ()) -> str:
    """The nodes as text: with the wires between them, the wires that come in, whole groups with the frames that are
    drawn in them, and these frames."""
    wanted = set(ids)
    nodes = {id_: node for id_, node in graph.nodes.items() if id_ in wanted}
    inside = tuple(edge for edge in graph.edges if edge.source.node in wanted and edge.target.node in wanted)
    groups = {
        prefix: record
        for prefix, record in graph.groups.items()
        if (found := members(graph, prefix)) and all(node.id in wanted for node in found)
    }
    incoming = [
        {"from": [edge.source.node, edge.source.name], "to": [edge.target.node, edge.target.name]}
        for edge in graph.edges
        if edge.target.node in wanted and edge.source.node not in wanted
    ]
    kept = {id_: each for id_, each in graph.frames.items() if id_ in frames or each.group in groups}
    part = graph_json(Graph(nodes, inside, groups, frames=kept))
    return pretty({MARK: "nodes", "format": FORMAT, **part, "incoming": incoming})


def read(text: str) -> Fragment:
    """What was copied.

    Raises:
        UsageError: the text is something else.
        UnreadableError: it is damaged, or of a newer version; names the place.
    """
    data = text.encode("utf-8", errors="replace")
    if len(data) > MOST_BYTES:
        raise UsageError(NOT_OURS)
    try:
        row = parse(data, PLACE)
    except UnreadableError:
        raise UsageError(NOT_OURS) from None
    if not isinstance(row, dict) or row.get(MARK) != "nodes":
        raise UsageError(NOT_OURS)
    reader = Reader(PLACE)
    version = row.get("format")
    if type(version) is not int or not 1 <= version <= FORMAT:
        reader.refuse("format", f"it was copied by another version (format {version!r}); this one reads {FORMAT}.")
    graph = reader.graph({key: row[key] for key in ("nodes", "edges", "groups", "frames") if key in row})
    if not graph.nodes and not graph.frames:
        raise UsageError(NOT_OURS)
    rows = reader.list(row.get("incoming", []), "incoming", MOST_EDGES) if graph.nodes else []
    incoming = tuple(_incoming(reader, each, graph, f"incoming[{i}]") for i, each in enumerate(rows))
    return Fragment(graph, incoming)


def _incoming(reader: Reader, value: Json, graph: Graph, place: str) -> Edge:
    """A wire whose beginning was not copied: any id may stand there."""
    row = reader.table(value, place)
    start = reader.list(row.get("from"), f"{place}.from", 2)
    outside = reader.id(start[0] if start else None, f"{place}.from")
    known: Mapping[str, Node] = {**graph.nodes, outside: next(iter(graph))}
    return reader.edge(row, known, place)


def pasted(graph: Graph, fragment: Fragment, offset: tuple[float, float], *, keeps_inputs: bool = False) -> Pasted:
    """The edit that adds the copied nodes and frames with new ids, the nodes with free names.

    Args:
        graph: where they go.
        fragment: what was copied.
        offset: how far they stand from where they were.
        keeps_inputs: whether wires from nodes that were not copied come along, where those nodes are still there.

    Raises:
        GraphError: the network would become larger than a file may be.
    """
    if len(graph.nodes) + len(fragment.graph.nodes) > MOST_NODES:
        raise GraphError(f"A network has at most {MOST_NODES:,} nodes, so these cannot be pasted.")
    if len(graph.frames) + len(fragment.graph.frames) > MOST_FRAMES:
        raise GraphError(f"A network has at most {MOST_FRAMES:,} frames and notes, so these cannot be pasted.")
    names, groups = _free_names(graph, fragment.graph)
    ids = _fresh_ids(graph, fragment.graph)
    edits: list[GraphEdit] = []
    for node in fragment.graph:
        place = (node.position[0] + offset[0], node.position[1] + offset[1])
        owner = ids.get(node.share_with) or (node.share_with if node.share_with in graph.nodes else "")
        edits.append(AddNode(replace(node, id=ids[node.id], name=names[node.id], position=place, share_with=owner)))
    edits += [AddEdge(_moved(edge, ids)) for edge in fragment.graph.edges]
    if keeps_inputs:
        edits += [AddEdge(_moved(edge, ids)) for edge in fragment.incoming if edge.source.node in graph.nodes]
    for prefix, record in fragment.graph.groups.items():
        x, y = record.position or (0.0, 0.0)
        placed = replace(record, position=(x + offset[0], y + offset[1])) if record.position is not None else record
        edits.append(SetGroup(groups[prefix], MISSING, placed))
    taken: dict[str, Any] = {**graph.nodes, **dict.fromkeys(ids.values())}
    frames: list[str] = []
    for frame in fragment.graph.frames.values():
        frames.append(new_id(replace(graph, nodes=taken)))
        taken[frames[-1]] = None
        moved = replace(frame, area=shifted(frame.area, offset), group=groups.get(frame.group, ""))
        edits.append(SetFrame(frames[-1], MISSING, moved))
    return Pasted(
        CompositeGraphEdit(tuple(edits), f"Paste {_what(fragment.graph, names)}"), tuple(ids.values()), tuple(frames)
    )


def _what(fragment: Graph, names: Mapping[str, str]) -> str:
    """What is pasted, as the end of a sentence: a lone node by its new name, a lone frame by its title."""
    if names:
        return next(iter(names.values())) if len(names) == 1 else f"{len(names)} nodes"
    frames = list(fragment.frames.values())
    return frames[0].called if len(frames) == 1 else f"{len(frames)} frames and notes"


def _moved(edge: Edge, ids: Mapping[str, str]) -> Edge:
    source = Port(ids.get(edge.source.node, edge.source.node), edge.source.name)
    return Edge(source, Port(ids[edge.target.node], edge.target.name), edge.extra)


def _fresh_ids(graph: Graph, fragment: Graph) -> dict[str, str]:
    taken: dict[str, Any] = dict(graph.nodes)
    found: dict[str, str] = {}
    for old in fragment.nodes:
        found[old] = new_id(replace(graph, nodes=taken))
        taken[found[old]] = None
    return found


def _free_names(graph: Graph, fragment: Graph) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the new nodes by old id, and of the new groups by old prefix.

    A group that was copied whole becomes a group of its own; other nodes go into the group that they came from.
    """
    taken = list(graph.by_name)
    heads: dict[str, str] = {}
    for prefix in sorted(fragment.groups, key=lambda each: each.count(".")):
        if not any(outer in heads for outer in prefixes(prefix)):
            heads[prefix] = _free_prefix(prefix, [*taken, *heads.values()], graph)
    names: dict[str, str] = {}
    for node in fragment:
        head = next((prefix for prefix in prefixes(node.name) if prefix in heads), None)
        names[node.id] = heads[head] + node.name.removeprefix(head) if head else free_name(node.name, taken)
        taken.append(names[node.id])
    groups = {}
    for prefix in fragment.groups:
        head = next(each for each in [*prefixes(prefix), prefix] if each in heads)
        groups[prefix] = heads[head] + prefix.removeprefix(head)
    return names, groups


def _free_prefix(prefix: str, taken: list[str], graph: Graph) -> str:
    found = free_name(prefix, taken)
    while found in graph.groups:  # a group whose nodes are all gone
        taken = [*taken, found]
        found = free_name(prefix, taken)
    return found

"""Pieces of networks: taken from a selection, repeated, and placed behind a node, on a wire or by themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from workbench.core.edits import AddEdge, CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.errors import UsageError
from workbench.core.graph import Edge, Graph, Group, Node, Port
from workbench.core.graph_edits import STEP
from workbench.core.groups import border, left_by, members, middle
from workbench.core.names import LONGEST, free_name, is_within, name_problem, prefixes
from workbench.editing.clipboard import Fragment, pasted
from workbench.layers.spec import find
from workbench.project.blocks.spec import MOST_TIMES, Piece

Place = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """The edit that places a piece, the ids of its nodes and the prefixes of its outermost groups."""

    edit: CompositeGraphEdit
    ids: tuple[str, ...]
    heads: tuple[str, ...]


def taken_from(graph: Graph, ids: Collection[str], title: str) -> Piece:
    """Returns selected nodes as a piece, in one folded group.

    What came in from outside comes in again: by the wires of the node outside that most of them came from, or, where
    there were none, by the first free input.

    Args:
        graph: the network.
        ids: the selected nodes.
        title: of the piece; its group is called so too, as far as names allow.

    Raises:
        UsageError: nothing is selected, or the title has no letter.
    """
    if not ids:
        raise UsageError("Select the nodes of the block first.")
    stem = stem_of(title)
    nodes = {id_: graph.nodes[id_] for id_ in graph.nodes if id_ in set(ids)}
    edges = tuple(edge for edge in graph.edges if edge.source.node in nodes and edge.target.node in nodes)
    common = _common_prefix(list(nodes.values()))
    names = {id_: f"{stem}.{node.name.removeprefix(common)}" for id_, node in nodes.items()}
    kept = {
        f"{stem}.{prefix.removeprefix(common)}": record
        for prefix, record in graph.groups.items()
        if prefix.startswith(common) and (inside := members(graph, prefix)) and all(each.id in nodes for each in inside)
    }
    renamed = {
        id_: replace(node, name=names[id_], share_with=node.share_with if node.share_with in nodes else "")
        for id_, node in nodes.items()
    }
    part = Graph(renamed, edges)
    groups = {stem: Group(folded=True, position=middle(list(renamed.values())), block=stem), **kept}
    return Piece(title, replace(part, groups=groups), _entries(graph, part), _exit(graph, part))


def stem_of(title: str) -> str:
    """Returns what a piece's group is called: the title's letters and digits, with _ between words.

    Raises:
        UsageError: there is none that a name may begin with.
    """
    words = "".join(each if each.isascii() and each.isalnum() else " " for each in title).split()
    stem = "_".join(words).lower().lstrip("0123456789_")[: LONGEST // 4]
    if not stem or name_problem(stem):
        raise UsageError(
            f'"{title}" cannot be the name of a block: it needs a letter from A to Z, and no word of torch.'
        )
    return stem


def repeated(piece: Piece, times: int) -> Piece:
    """Returns a piece so many times, one behind the other, each in groups of its own.

    Raises:
        UsageError: nothing can follow the piece, nothing leads into it, or it would be too often.
    """
    if times == 1:
        return piece
    if not 1 <= times <= MOST_TIMES:
        raise UsageError(f"A block is repeated 1 to {MOST_TIMES} times; {times} were asked for.")
    if piece.exit is None or not piece.entries:
        raise UsageError(f"{piece.title} cannot be repeated: nothing leads {'on' if piece.entries else 'into it'}.")
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    groups: dict[str, Group] = {}
    last, first = piece.exit, _numbered(piece, 1)
    for number in range(1, times + 1):
        copy = first if number == 1 else _numbered(piece, number)
        nodes |= copy.graph.nodes
        groups |= copy.graph.groups
        if number > 1:
            edges += [Edge(last, entry) for entry in copy.entries]
        edges += copy.graph.edges
        assert copy.exit is not None
        last = copy.exit
    return replace(piece, graph=Graph(nodes, tuple(edges), groups), entries=first.entries, exit=last)


def placed(graph: Graph, piece: Piece, source: Port | None, wires: Collection[Edge], place: Place) -> Placed:
    """Returns the edit that places a piece.

    Args:
        graph: where it goes.
        piece: the nodes.
        source: what is wired to it; None leaves it without.
        wires: those from the source that go on behind it instead.
        place: left and top of the first of its boxes.

    Raises:
        GraphError: the network would become larger than a file may be.
        UsageError: the piece has no way through for a wire.
    """
    if wires and (piece.exit is None or not piece.entries):
        raise UsageError(f"{piece.title} cannot stand on a wire: nothing leads {'on' if piece.entries else 'into it'}.")
    left, top = corner_of(piece)
    offset = (float(round(place[0] - left)), float(round(place[1] - top)))
    made = pasted(graph, Fragment(piece.graph), offset)
    ids = dict(zip(piece.graph.nodes, made.ids, strict=True))
    after = made.edit.apply(graph)
    edits: list[GraphEdit] = list(made.edit.edits)
    kept = list(after.edges)
    for wire in wires:
        edits.append(RemoveEdge(wire, kept.index(wire)))
        kept.remove(wire)
    if source is not None:
        edits += [AddEdge(Edge(source, Port(ids[entry.node], entry.name))) for entry in piece.entries]
    if piece.exit is not None:
        behind = Port(ids[piece.exit.node], piece.exit.name)
        edits += [AddEdge(Edge(behind, wire.target)) for wire in wires]
    names = (after.nodes[id_].name for id_ in made.ids)
    tops = dict.fromkeys(next((each for each in prefixes(name) if each in after.groups), "") for name in names)
    return Placed(
        CompositeGraphEdit(tuple(edits), f"Add {piece.title}"), made.ids, tuple(each for each in tops if each)
    )


def link_of(graph: Graph, source: Port, wire: Edge | None = None) -> tuple[Edge, ...]:
    """Returns the wires that are one link of a chain: all from a source into one node or group.

    Args:
        graph: the network.
        source: where the wires begin.
        wire: one of them; without one there is a link only if all that leaves the source goes to one place.
    """
    leaving = [edge for edge in graph.edges if edge.source == source]
    around = prefixes(graph.nodes[source.node].name)
    ends = {edge: _end_seen(graph, edge.target.node, around) for edge in leaving}
    if wire is not None:
        return tuple(edge for edge in leaving if ends[edge] == ends.get(wire))
    return tuple(leaving) if len(set(ends.values())) == 1 else ()


def _end_seen(graph: Graph, id_: str, around: Collection[str]) -> str:
    """The outermost recorded group that a node is in and the wire's beginning is not; else the node's own name."""
    name = graph.nodes[id_].name
    return next((each for each in prefixes(name) if each in graph.groups and each not in around), name)


def corner_of(piece: Piece) -> Place:
    """Returns left and top of the first of a piece's boxes."""
    places = _boxes(piece)
    return min(x for x, _ in places), min(y for _, y in places)


def size_of(piece: Piece, box: tuple[float, float]) -> tuple[float, float]:
    """Returns width and height of what a piece takes with its groups folded, where each box is so large."""
    places = _boxes(piece)
    (left, top), (width, height) = corner_of(piece), box
    return max(x for x, _ in places) - left + width, max(y for _, y in places) - top + height


def _boxes(piece: Piece) -> list[Place]:
    """Where the boxes of a piece stand: its folded groups, and the nodes outside of them."""
    heads = set(piece.heads)
    folded = [piece.graph.groups[head].position or middle(members(piece.graph, head)) for head in heads]
    loose = [node.position for node in piece.graph if not any(is_within(node.name, head) for head in heads)]
    return [*folded, *loose]


def _numbered(piece: Piece, number: int) -> Piece:
    """The copy of a piece with that number, one box to the right for each."""
    ids = {id_: f"{id_}.{number}" for id_ in piece.graph.nodes}
    stems = {head: free_name(f"{head}{number}", ()) for head in piece.heads}

    def moved(place: Place) -> Place:
        return place[0] + (number - 1) * STEP[0], place[1]

    def named(name: str) -> str:
        head = name.partition(".")[0]
        return stems[head] + name.removeprefix(head) if head in stems else f"{name}{number}"

    def port(old: Port) -> Port:
        return Port(ids[old.node], old.name)

    nodes = {
        ids[id_]: replace(
            node,
            id=ids[id_],
            name=named(node.name),
            position=moved(node.position),
            share_with=ids.get(node.share_with, ""),
        )
        for id_, node in piece.graph.nodes.items()
    }
    edges = tuple(Edge(port(edge.source), port(edge.target)) for edge in piece.graph.edges)
    groups = {
        named(prefix): replace(record, position=moved(record.position) if record.position else None)
        for prefix, record in piece.graph.groups.items()
    }
    left = port(piece.exit) if piece.exit is not None else None
    return replace(piece, graph=Graph(nodes, edges, groups), entries=tuple(map(port, piece.entries)), exit=left)


def _common_prefix(nodes: list[Node]) -> str:
    """What all names begin with, with its dot: the innermost group that holds all of them; "" without one."""
    shared = [prefix for prefix in prefixes(nodes[0].name) if all(is_within(node.name, prefix) for node in nodes)]
    return f"{shared[-1]}." if shared else ""


def _entries(graph: Graph, part: Graph) -> tuple[Port, ...]:
    """The ports by which something comes into a part of a network."""
    by_source: dict[Port, list[Port]] = {}
    for target in border(graph, set(part.nodes)).inputs:
        source = graph.incoming[target.node][target.name]
        by_source.setdefault(source, []).append(target)
    if by_source:
        most = max(len(ports) for ports in by_source.values())
        return tuple(next(ports for ports in by_source.values() if len(ports) == most))
    for id_ in part.order:
        cls = find(part.nodes[id_].layer)
        given: Mapping[str, Port] = part.incoming[id_]
        free = [
            each for each in (cls.inputs if cls else ()) if each.name not in given and f"{each.name}.0" not in given
        ]
        if free:
            return (Port(id_, free[0].end()),)
    return ()


def _exit(graph: Graph, part: Graph) -> Port | None:
    """The port by which a part of a network is left; where no wire leaves it, the last output that feeds nothing."""
    edge = border(graph, set(part.nodes))
    if edge.outputs:
        last = left_by(graph, part.nodes.keys(), edge)
        return next(port for port in edge.outputs if port.node == last)
    used = {each.source for each in part.edges}
    for id_ in reversed(part.order):
        cls = find(part.nodes[id_].layer)
        ports = [Port(id_, name) for name in (cls.output_ports if cls and not cls.is_loss else ())]
        if found := next((port for port in ports if port not in used), None):
            return found
    return None

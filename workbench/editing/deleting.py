"""Edits that take nodes, wires and frames away; the flow is joined where the shapes allow it."""

from __future__ import annotations

from collections.abc import Collection

from workbench.core.edits import AddEdge, CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.framing import remove_frames
from workbench.core.graph import Edge, Graph, GraphError, Port
from workbench.core.graph_edits import remove
from workbench.layers.spec import find, port_of
from workbench.model.shapes import infer


def deleted(
    graph: Graph, ids: Collection[str], wires: Collection[Edge] = (), *, joins: bool
) -> CompositeGraphEdit | None:
    """The edit that takes nodes and wires away as one step; None if there is nothing to take.

    Args:
        graph: as it is.
        ids: nodes to take away.
        wires: wires to cut besides.
        joins: whether what fed a node is wired to what it fed, where no new problem comes of it.
    """
    edits: list[GraphEdit] = []
    after = graph
    for edge in graph.edges:
        if edge in wires:
            edits.append(RemoveEdge(edge, after.edges.index(edge)))
            after = edits[-1].apply(after)
    kept = after
    for id_ in ids:
        edits.append(remove(after, after.nodes[id_]))
        after = edits[-1].apply(after)
    if not edits:
        return None
    if joins and ids:
        edits += _joins(graph, kept, after, ids)
    names = [graph.nodes[id_].name for id_ in ids]
    what = names[0] if len(names) == 1 else f"{len(names)} nodes" if names else "wire"
    cut = "Cut wire" if len(edits) == 1 else f"Cut {len(edits)} wires"
    return CompositeGraphEdit(tuple(edits), f"Delete {what}" if names else cut)


def without_frames(graph: Graph, edit: CompositeGraphEdit | None, frames: Collection[str]) -> GraphEdit | None:
    """The edit that takes frames away as well; what stands in them stays. None if there is nothing to take."""
    edits = remove_frames(graph, list(frames))
    if edit is not None:
        return CompositeGraphEdit((*edit.edits, *edits), edit.label)
    return (
        edits[0]
        if len(edits) == 1
        else CompositeGraphEdit(tuple(edits), f"Delete {len(edits)} frames")
        if edits
        else None
    )


def _joins(before: Graph, kept: Graph, after: Graph, ids: Collection[str]) -> list[GraphEdit]:
    """Wires that close the gaps: all of them if that makes no new problem, else those that make none alone."""
    wires = _bridges(kept, ids)
    known = set(infer(before).faults) if wires else set()
    whole = _wired(after, wires)
    if whole is not None and not _new_faults(whole, known, wires):
        return [AddEdge(edge) for edge in wires]
    found: list[Edge] = []
    for edge in wires:
        tried = _wired(after, [*found, edge])
        if tried is not None and not _new_faults(tried, known, [*found, edge]):
            found.append(edge)
    return [AddEdge(edge) for edge in found]


def _bridges(graph: Graph, ids: Collection[str]) -> list[Edge]:
    """For each wire that leaves the deleted nodes: one from the only node outside that the main inputs lead back to."""
    gone = set(ids)
    found = []
    for edge in graph.edges:
        if edge.source.node not in gone or edge.target.node in gone:
            continue
        ends = _ends(graph, edge.source, gone)
        if len(ends) == 1 and (source := ends.pop()).node not in gone:
            found.append(Edge(source, edge.target))
    return found


def _ends(graph: Graph, output: Port, gone: Collection[str]) -> set[Port]:
    """Where the ways back from an output by main inputs end: outside of the deleted nodes, or at one of them."""
    ends, waiting, seen = set(), [output], {output}
    while waiting:
        here = waiting.pop()
        behind = _main_sources(graph, here) if here.node in gone else []
        if not behind and not _is_constant(graph, here.node):
            ends.add(here)
        waiting += [each for each in behind if each not in seen]
        seen.update(behind)
    return ends


def _is_constant(graph: Graph, id_: str) -> bool:
    cls = find(graph.nodes[id_].layer)
    return cls is not None and cls.is_constant


def _main_sources(graph: Graph, output: Port) -> list[Port]:
    """What feeds the first input of a node, if its first output is meant; of an unknown layer all that comes in."""
    cls = find(graph.nodes[output.node].layer)
    wired = graph.incoming[output.node]
    if cls is None:
        return list(wired.values())
    if not cls.inputs or output.name != cls.output_ports[0]:
        return []
    return [source for end, source in wired.items() if port_of(cls, end) == cls.inputs[0]]


def _wired(graph: Graph, wires: list[Edge]) -> Graph | None:
    try:
        for edge in wires:
            graph = AddEdge(edge).apply(graph)
    except GraphError:
        return None
    return graph


def _new_faults(graph: Graph, known: set[str], wires: list[Edge]) -> bool:
    """Whether a node that these wires reach has a problem that it did not have.

    What was cut elsewhere is no fault of theirs: nodes that nothing of these wires reaches do not count.
    """
    reached = graph.descendants({edge.target.node for edge in wires})
    return any(id_ in reached and id_ not in known and not _lacks_wire(graph, id_) for id_ in infer(graph).faults)


def _lacks_wire(graph: Graph, id_: str) -> bool:
    """Whether a node misses an input, which joining cannot have caused."""
    cls = find(graph.nodes[id_].layer)
    ends = {end.partition(".")[0] for end in graph.incoming[id_]}
    return cls is not None and any(port.name not in ends for port in cls.inputs)

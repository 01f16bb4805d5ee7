"""The flow of a graph: following a change down to where nothing is another any more, and wires that close a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from workbench.core.graph import Edge, Graph, reached


def follow(graph: Graph, begin: Iterable[str], update: Callable[[str], bool]) -> None:
    """Calls a function for nodes, each once and after all that feeds it.

    Args:
        graph: where they are.
        begin: ids of the nodes to begin with.
        update: does what is to be done at a node, and returns whether it has to be done at the nodes right behind it.
    """
    order, places, outgoing = graph.order, graph.places, graph.outgoing
    waiting = sorted(places[id_] for id_ in begin)
    queued = set(waiting)
    while waiting:
        id_ = order[heappop(waiting)]
        if update(id_):
            for edge in outgoing[id_]:
                place = places[edge.target.node]
                if place not in queued:
                    queued.add(place)
                    heappush(waiting, place)


def closing_wires(graph: Graph) -> list[Edge]:
    """Returns the wires without which none go round in a circle: of each circle the one that was drawn last."""
    ahead: dict[str, set[str]] = {id_: set() for id_ in graph.nodes}
    found = []
    for edge in graph.edges:
        source, target = edge.source.node, edge.target.node
        if source in reached([target], ahead.__getitem__):
            found.append(edge)
        else:
            ahead[source].add(target)
    return found

"""The edit that lays boxes out in lines from left to right, where they are."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.drawing import moved
from workbench.core.edits import GraphEdit
from workbench.core.graph import Graph
from workbench.core.layout import tidied
from workbench.gui.editor.box_item import BoxItem


def tidied_boxes(graph: Graph, boxes: Sequence[BoxItem]) -> list[GraphEdit]:
    """The edits that lay boxes out; their upper left corner stays, and nodes of a folded group stay as they are in it.

    Args:
        graph: the network.
        boxes: nodes and folded groups.
    """
    chosen = {box.ids[0]: box for box in boxes}
    of = {id_: key for key, box in chosen.items() for id_ in box.ids}
    wires = [(of[edge.source.node], of[edge.target.node]) for edge in graph.edges
             if edge.source.node in of and edge.target.node in of]  # fmt: skip
    places = tidied({key: (box.box().width(), box.tallest) for key, box in chosen.items()}, wires)
    left, top = (min(getattr(box.pos(), axis)() for box in chosen.values()) for axis in "xy")
    first_x, first_y = (min(place[axis] for place in places.values()) for axis in (0, 1))
    wished: dict[str, tuple[float, float]] = {}
    for key, box in chosen.items():
        step_x = left + places[key][0] - first_x - box.x()
        step_y = top + places[key][1] - first_y - box.y()
        for id_ in box.ids:
            x, y = graph.nodes[id_].position
            wished[id_] = (x + step_x, y + step_y)
    return moved(graph, wished)

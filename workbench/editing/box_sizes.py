"""How large boxes, groups and frames on the canvas are, in canvas pixels; what paints them takes its numbers here."""

from __future__ import annotations

from workbench.core.graph import Graph, Node
from workbench.editing.node_text import GroupText, input_ends
from workbench.editing.room import BOX, Area
from workbench.layers.spec import find

WIDTH, HEADER, ROW = 150.0, 26.0, 16.0  # of a box; of its header; from one port to the next
PICTURE = 46.0  # height of the picture on a box
BODY, PROBLEM = 34.0, 20.0  # least height of a folded group below its header; height of its line about a problem
PADDING, TITLE = 14.0, 24.0  # round the boxes of an open group; height of its title
STRIP, TEXT_INSET = 24.0, 8.0  # height of a frame's title; margin round its text


def area_of(graph: Graph, node: Node) -> Area:
    """Returns where a node is, as high as it may become."""
    cls = find(node.layer)
    rows = max(len(input_ends(cls, list(graph.incoming[node.id]))), len(cls.output_ports) if cls else 0)
    return (*node.position, WIDTH, max(BOX[1], BOX[1] - 34 + 8 + ROW * rows, HEADER))


def group_height(text: GroupText, *, has_picture: bool) -> float:
    """Returns how high the box of a folded group is that says this."""
    rows = max(len(text.inputs), len(text.outputs))
    numbers = ROW if rows > 1 else 0.0
    return (
        HEADER
        + max(BODY, 8 + ROW * rows + numbers)
        + (PICTURE if has_picture else 0)
        + (PROBLEM if text.problem else 0)
    )


def tallest_group(text: GroupText) -> float:
    """Returns how high the box of a folded group may become that says this: a problem leaves no room for a picture."""
    return group_height(text, has_picture=not text.problem)

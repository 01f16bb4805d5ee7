"""Where a template's nodes stand: in lines like a text, with the nodes of a folded group round its box."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from workbench.core.graph import Edge, Node
from workbench.core.graph_edits import STEP
from workbench.core.names import is_within

FEWEST_COLUMNS = 7
MORE = 36.0  # free space below folded groups, which are higher than nodes, for the wires that go round them
Places = dict[str, tuple[float, float]]


def laid_out(
    nodes: Mapping[str, Node], edges: Iterable[Edge], depths: Mapping[str, int], folded: Collection[str] = ()
) -> dict[str, Node]:
    """Returns the nodes with their places; the whole is about twice as wide as high.

    Args:
        nodes: by id, each behind the nodes that feed it.
        edges: the wires between them.
        depths: the column that each node would stand in, were no group folded.
        folded: prefixes of the groups that are seen as one box.
    """
    box_of = {id_: next((each for each in folded if is_within(node.name, each)), id_) for id_, node in nodes.items()}
    step = STEP[1] + (MORE if folded else 0.0)
    boxes = _in_lines(_box_depths(box_of, edges, depths) if folded else depths, step)
    places: Places = {id_: boxes[id_] for id_ in nodes if box_of[id_] == id_}
    for prefix in folded:
        within = {id_: depths[id_] for id_ in nodes if box_of[id_] == prefix}
        places |= _round(boxes[prefix], _in_one_line(within))
    return {id_: replace(node, position=places[id_]) for id_, node in nodes.items()}


def _box_depths(box_of: Mapping[str, str], edges: Iterable[Edge], depths: Mapping[str, int]) -> dict[str, int]:
    """The columns of boxes: behind all that feed them; a box that nothing feeds stands right before what it feeds."""
    wires = [(box_of[edge.source.node], box_of[edge.target.node]) for edge in edges]
    found: dict[str, int] = {}
    for box in dict.fromkeys(box_of[id_] for id_ in sorted(box_of, key=depths.__getitem__)):
        found[box] = max((found[source] + 1 for source, target in wires if target == box != source), default=0)
    fed = {target for _, target in wires}
    for box in found:
        after = [found[target] for source, target in wires if source == box]
        if box not in fed and after:
            found[box] = min(after) - 1
    return found


def _in_lines(depths: Mapping[str, int], step: float) -> Places:
    """Places in lines of so many columns, each line so far below the one before."""
    last = max(depths.values())
    columns = max(FEWEST_COLUMNS, round((2 * (last + 1)) ** 0.5))
    rows, counts = _rows(depths)
    tops, top = [], 0.0
    for first in range(0, last + 1, columns):
        tops.append(top)
        top += max(counts.get(depth, 1) for depth in range(first, first + columns)) * step
    return {
        box: (depth % columns * STEP[0], tops[depth // columns] + rows[box] * step) for box, depth in depths.items()
    }


def _in_one_line(depths: Mapping[str, int]) -> Places:
    first, rows = min(depths.values()), _rows(depths)[0]
    return {id_: ((depth - first) * STEP[0], rows[id_] * STEP[1]) for id_, depth in depths.items()}


def _rows(depths: Mapping[str, int]) -> tuple[dict[str, int], dict[int, int]]:
    """How many boxes stand above each one in its column, and how many stand in each column."""
    rows: dict[str, int] = {}
    counts: dict[int, int] = {}
    for box, depth in depths.items():
        rows[box] = counts.get(depth, 0)
        counts[depth] = rows[box] + 1
    return rows, counts


def _round(place: tuple[float, float], places: Places) -> Places:
    """The places moved so that a place is in their middle."""
    middle = [(min(place[axis] for place in places.values()) + max(place[axis] for place in places.values())) / 2
              for axis in (0, 1)]  # fmt: skip
    return {id_: (x + place[0] - middle[0], y + place[1] - middle[1]) for id_, (x, y) in places.items()}

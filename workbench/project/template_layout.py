"""Where a template's nodes stand: in lines like a text, with the nodes of a folded group round its box."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from workbench.core.graph import Edge, Node
from workbench.core.graph_edits import STEP
from workbench.core.names import prefixes

FEWEST_COLUMNS = 7
LONGEST_LINE = 14  # columns; nodes of a group without groups inside stand in one line up to that many
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
    step = STEP[1] + (MORE if folded else 0.0)
    box_of = _boxes(nodes, folded)
    boxes = _in_lines(_box_depths(box_of, edges, depths) if folded else depths, step)
    places = _opened(nodes, tuple(edges), depths, _Level(box_of, boxes, frozenset(folded)))
    return {id_: replace(node, position=places[id_]) for id_, node in nodes.items()}


@dataclass(frozen=True)
class _Level:
    """Boxes side by side.

    Attributes:
        box_of: node id → the folded group that it is in here, or itself.
        boxes: their places.
        folded: prefixes of all groups that are seen as one box, here and inside.
    """

    box_of: Mapping[str, str]
    boxes: Places
    folded: frozenset[str]


def _boxes(nodes: Mapping[str, Node], folded: Collection[str]) -> dict[str, str]:
    """For each node the outermost of the groups that it is in, or itself."""
    known = set(folded)
    return {
        id_: next((prefix for prefix in prefixes(node.name) if prefix in known), id_) for id_, node in nodes.items()
    }


def _opened(nodes: Mapping[str, Node], edges: tuple[Edge, ...], depths: Mapping[str, int], level: _Level) -> Places:
    """The places of all nodes: those in a group stand round its box, in lines of their own with the groups inside."""
    members: dict[str, list[str]] = {}
    for id_, box in level.box_of.items():
        members.setdefault(box, []).append(id_)
    places: Places = {}
    for box, ids in members.items():
        if ids == [box]:
            places[box] = level.boxes[box]
            continue
        inside = {id_: nodes[id_] for id_ in ids}
        own = {id_: depths[id_] for id_ in ids}
        inner = level.folded - {box}
        box_of = _boxes(inside, inner)
        if all(id_ == each for id_, each in box_of.items()):
            around = (
                _in_one_line(own) if max(own.values()) - min(own.values()) < LONGEST_LINE else _in_lines(own, STEP[1])
            )
        else:
            wires = tuple(each for each in edges if each.source.node in inside and each.target.node in inside)
            boxes = _in_lines(_box_depths(box_of, wires, own), STEP[1] + MORE)
            around = _opened(inside, wires, own, _Level(box_of, boxes, inner))
        places |= _round(level.boxes[box], around)
    return places


def _box_depths(box_of: Mapping[str, str], edges: Iterable[Edge], depths: Mapping[str, int]) -> dict[str, int]:
    """The columns of boxes: behind all that feed them; a box that nothing feeds stands right before what it feeds."""
    wires = [(box_of[edge.source.node], box_of[edge.target.node]) for edge in edges]
    found: dict[str, int] = {}
    for box in dict.fromkeys(box_of[id_] for id_ in sorted(box_of, key=depths.__getitem__)):
        # A group may be fed by what it feeds itself; of such boxes the first one in the flow goes in front.
        before = (found[source] for source, target in wires if target == box != source and source in found)
        found[box] = max((depth + 1 for depth in before), default=0)
    fed = {target for _, target in wires}
    for box in found:
        after = [found[target] for source, target in wires if source == box]
        if box not in fed and after:
            found[box] = min(after) - 1
    return found


def _in_lines(depths: Mapping[str, int], step: float) -> Places:
    """Places in lines of so many columns, each line so far below the one before."""
    first = min(depths.values())
    depths = {box: depth - first for box, depth in depths.items()}
    last = max(depths.values())
    columns = max(FEWEST_COLUMNS, round((2 * (last + 1)) ** 0.5))
    columns += last > 0 and (last + 1) % columns == 1  # nobody stands alone in the last line
    rows, counts = _rows(depths)
    tops, top = [], 0.0
    for begin in range(0, last + 1, columns):
        tops.append(top)
        top += max(counts.get(depth, 1) for depth in range(begin, begin + columns)) * step
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

"""Which box comes next when one walks over the canvas with the arrow keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from workbench.editing.arrangement import Arrangement

Direction = Literal["left", "right", "up", "down"]
Place = tuple[float, float]
ASIDE = 2.0  # how much worse a way aside is than one straight on


def neighbour(
    places: Mapping[str, Place], wires: Iterable[tuple[str, str]], current: str, direction: Direction
) -> str | None:
    """The box to go to: left and right along the wires, up and down to what is nearest there; None at an end.

    Args:
        places: the middle of each box.
        wires: from which box to which.
        current: where one is.
        direction: where to.
    """
    if direction in ("left", "right"):
        ends = {b if direction == "right" else a for a, b in wires if current == (a if direction == "right" else b)}
        ends.discard(current)
        return min(ends, key=lambda each: abs(places[each][1] - places[current][1]), default=None)
    x, y = places[current]
    sign = 1 if direction == "down" else -1
    there = {each: place for each, place in places.items() if sign * (place[1] - y) > 1}
    return min(there, key=lambda each: abs(there[each][1] - y) + ASIDE * abs(there[each][0] - x), default=None)


def next_box(here: Arrangement, current: str | None, direction: Direction) -> str | None:
    """The key of the box to go to from that of the current node; the first of all without one, None at an end.

    Args:
        here: where the boxes stand.
        current: id of the node where one is, or None.
        direction: where to.
    """
    of = {id_: key for key, box in here.boxes.items() for id_ in box.ids}
    if current not in of:
        return next(iter(here.boxes), None)
    places = {key: box.middle for key, box in here.boxes.items()}
    ends = [(of.get(edge.source.node), of.get(edge.target.node)) for edge in here.graph.edges]
    wires = [(source, target) for source, target in ends if source is not None and target is not None]
    return neighbour(places, wires, of[current], direction)

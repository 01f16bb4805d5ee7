"""Which box comes next when one walks over the canvas with the arrow keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

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

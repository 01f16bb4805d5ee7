"""Free places for boxes on the canvas: nothing that is added lies upon what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Place = tuple[float, float]
Area = tuple[float, float, float, float]  # left, top, width, height
BOX = (150.0, 106.0)  # width and height of a node with its picture
GAP = (24.0, 20.0)  # free canvas beside and below a box
APART = 66.0  # between two boxes with a wire, so that its shape can be read
NEAREST = 40  # boxes that are looked at for a free place between them


def free_spot(taken: Sequence[Area], wanted: Place, size: tuple[float, float] = BOX) -> Place:
    """Returns the free place that is nearest to a wanted one, as the top left corner of a box.

    Args:
        taken: the boxes that are there.
        wanted: where the box should stand; it stays there if that is free.
        size: width and height of the box.
    """
    if _is_free(taken, wanted, size):
        return wanted
    near = sorted(taken, key=lambda area: _distance((area[0], area[1]), wanted))[:NEAREST]
    lefts = {wanted[0], *(x + width + GAP[0] for x, _, width, _ in near), *(x - size[0] - GAP[0] for x, *_ in near)}
    tops = {wanted[1], *(y + height + GAP[1] for _, y, _, height in near), *(y - size[1] - GAP[1] for _, y, *_ in near)}
    places = sorted(((x, y) for x in lefts for y in tops), key=lambda place: _distance(place, wanted))
    below = (wanted[0], max(y + height for _, y, _, height in taken) + GAP[1])
    return next((place for place in places if _is_free(taken, place, size)), below)


def spot_onward(taken: Sequence[Area], wanted: Place, size: tuple[float, float] = BOX) -> Place:
    """Returns the wanted place where it is free, else the first free place straight below: never one above or before.

    Args:
        taken: the boxes that are there.
        wanted: where the box should stand, as its top left corner.
        size: width and height of the box.
    """
    x, y = wanted
    while hit := [area for area in taken if not _is_free([area], (x, y), size)]:
        y = min(top + height for _, top, _, height in hit) + GAP[1]
    return x, y


@dataclass(frozen=True)
class Room:
    """A place between two boxes.

    Attributes:
        place: left and top of the box that comes there.
        aside: the boxes that make room for it.
        step: how far to the right they go.
    """

    place: Place
    aside: frozenset[str] = frozenset()
    step: float = 0.0


def room_between(boxes: Mapping[str, Area], source: str, target: str, size: tuple[float, float] = BOX) -> Room | None:
    """Returns a place between two neighbours in a row, and how far what is to the right of it slides aside.

    Args:
        boxes: all boxes by their names.
        source: the box on the left.
        target: the box on the right.
        size: of the box that comes between them.

    Returns:
        None where the two are no neighbours in a row.
    """
    (left, top, width, height), (right, low, _, deep) = boxes[source], boxes[target]
    start = left + width
    others = [area for name, area in boxes.items() if name not in (source, target)]
    if right < start or top + height <= low or low + deep <= top:
        return None
    if right > start and not _is_free(others, (start, top), (right - start, size[1])):
        return None
    if right - start >= size[0] + 2 * GAP[0]:
        return Room(((start + right - size[0]) / 2, top))
    place = (start + APART, top)
    step = place[0] + size[0] + APART - right
    aside = {target} | {
        name
        for name, (x, y, _, high) in boxes.items()
        if name != source and x >= right and y < top + size[1] and y + high > top
    }
    return Room(place, frozenset(_pushed(boxes, aside, step)), step)


def _pushed(boxes: Mapping[str, Area], aside: set[str], step: float) -> set[str]:
    """The boxes that slide aside, with those that they would come to lie upon."""
    found, waiting = set(aside), list(aside)
    while waiting:
        x, y, width, height = boxes[waiting.pop()]
        hit = {
            name
            for name, area in boxes.items()
            if name not in found and not _is_free([area], (x + step, y), (width, height))
        }
        found |= hit
        waiting += hit
    return found


def slid_apart(boxes: Mapping[str, Area], own: Area, size: tuple[float, float]) -> dict[str, Place]:
    """Returns how far boxes go right and down, so that what stands at a place may grow to the right and down.

    Args:
        boxes: the others, by their names.
        own: where that which grows is now.
        size: how large it becomes.
    """
    x, y, width, height = own
    right, down = max(0.0, size[0] - width), max(0.0, size[1] - height)
    moves = {name: (0.0, down) for name, area in boxes.items() if area[1] >= y + height}
    aside = {
        name for name, (left, top, _, high) in boxes.items()
        if name not in moves and left > x and top < y + size[1] and top + high > y
    }  # fmt: skip
    beside = {name: area for name, area in boxes.items() if name not in moves}
    return moves | dict.fromkeys(_pushed(beside, aside, right), (right, 0.0))


def slid_together(boxes: Mapping[str, Area], own: Area, size: tuple[float, float]) -> dict[str, Place]:
    """Returns how far boxes come left and up when what stands at a place shrinks: what undoes `slid_apart`.

    Args:
        boxes: the others, by their names.
        own: what that which shrinks will be.
        size: how large it is now.
    """
    x, y, width, height = own
    left, up = min(0.0, width - size[0]), min(0.0, height - size[1])
    moves = {name: (0.0, up) for name, area in boxes.items() if area[1] >= y + size[1]}
    beside = {name: area for name, area in boxes.items() if name not in moves and area[0] >= x + size[0] - GAP[0]}
    aside = {name for name, (_, top, _, high) in beside.items() if top < y + size[1] and top + high > y}
    return moves | dict.fromkeys(aside, (left, 0.0))


def overlap(one: Area, other: Area) -> bool:
    """Whether two areas have a part in common."""
    return not _is_free([one], (other[0], other[1]), (other[2], other[3]))


def around(areas: Iterable[Area]) -> Area:
    """Returns the smallest area that holds all of these."""
    rows = list(areas)
    left, top = min(row[0] for row in rows), min(row[1] for row in rows)
    return left, top, max(x + wide for x, _, wide, _ in rows) - left, max(y + high for _, y, _, high in rows) - top


def _is_free(taken: Iterable[Area], place: Place, size: tuple[float, float]) -> bool:
    """Whether a box touches none that is there."""
    (x, y), (width, height) = place, size
    return all(
        x + width <= left or left + wide <= x or y + height <= top or top + high <= y for left, top, wide, high in taken
    )


def _distance(one: Place, other: Place) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])

"""Free places for boxes on the canvas: nothing that is added lies upon what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Place = tuple[float, float]
Area = tuple[float, float, float, float]  # left, top, width, height
BOX = (150.0, 106.0)  # width and height of a node with its picture
GAP = (24.0, 20.0)  # free canvas beside and below a box
NEAREST = 40  # boxes that are looked at for a free place between them


def free_spot(taken: Sequence[Area], wish: Place, size: tuple[float, float] = BOX) -> Place:
    """Returns the free place that is nearest to a wish, as the top left corner of a box.

    Args:
        taken: the boxes that are there.
        wish: where the box should stand; it stays there if that is free.
        size: width and height of the box.
    """
    if _is_free(taken, wish, size):
        return wish
    near = sorted(taken, key=lambda area: _distance((area[0], area[1]), wish))[:NEAREST]
    lefts = {wish[0], *(x + width + GAP[0] for x, _, width, _ in near), *(x - size[0] - GAP[0] for x, *_ in near)}
    tops = {wish[1], *(y + height + GAP[1] for _, y, _, height in near), *(y - size[1] - GAP[1] for _, y, *_ in near)}
    places = sorted(((x, y) for x in lefts for y in tops), key=lambda place: _distance(place, wish))
    below = (wish[0], max(y + height for _, y, _, height in taken) + GAP[1])
    return next((place for place in places if _is_free(taken, place, size)), below)


def _is_free(taken: Iterable[Area], place: Place, size: tuple[float, float]) -> bool:
    """Whether a box touches none that is there."""
    (x, y), (width, height) = place, size
    return all(
        x + width <= left or left + wide <= x or y + height <= top or top + high <= y for left, top, wide, high in taken
    )


def _distance(one: Place, other: Place) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])

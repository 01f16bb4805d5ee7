"""Which box comes next when one walks over the canvas with the arrow keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from workbench.core.graph import Edge
from workbench.gui.editor.box_item import BoxItem

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems

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


def next_box(
    boxes: Sequence[BoxItem], edges: Iterable[Edge], current: str | None, direction: Direction
) -> BoxItem | None:
    """The box to go to from that of the current node; the first of all boxes without one, None at an end.

    Args:
        boxes: nodes and folded groups.
        edges: the wires between the nodes.
        current: id of the node where one is, or None.
        direction: where to.
    """
    by_key = {box.ids[0]: box for box in boxes if box.ids}
    of = {id_: key for key, box in by_key.items() for id_ in box.ids}
    if current not in of:
        return next(iter(by_key.values()), None)
    middles = {key: box.scene_box().center() for key, box in by_key.items()}
    places = {key: (place.x(), place.y()) for key, place in middles.items()}
    ends = [(of.get(edge.source.node), of.get(edge.target.node)) for edge in edges]
    wires = [(source, target) for source, target in ends if source is not None and target is not None]
    found = neighbour(places, wires, of[current], direction)
    return by_key[found] if found is not None else None


def walked(scene: SceneItems, direction: Direction, *, extends: bool) -> BoxItem | None:
    """Selects the neighbour of the box that was selected last, or adds it to the selection; gives it, or None."""
    selection = scene.session.selection
    found = next_box(scene.boxes(), scene.session.graph.edges, selection[-1] if selection else None, direction)
    if found is not None:
        kept = [id_ for id_ in selection if id_ not in found.ids] if extends else []
        scene.session.select([*kept, *found.ids])
    return found

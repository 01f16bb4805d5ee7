"""A place on a wire for a box, and the edits that make room for it."""

from __future__ import annotations

from workbench.core.edits import GraphEdit
from workbench.core.graph import Edge
from workbench.core.graph_edits import moved
from workbench.editing.arrangement import Arrangement
from workbench.editing.frames_follow import frames_after
from workbench.editing.room import BOX, Place, Room, free_spot, room_between, spot_onward


def room_on(
    here: Arrangement, wire: Edge, wanted: Place | None = None, without: str = "", size: tuple[float, float] = BOX
) -> tuple[Place, list[GraphEdit]]:
    """Finds a place on a wire for a box.

    Args:
        here: where all stands.
        wire: between which boxes.
        wanted: where the box should stand, and stands if it is free there.
        without: id of a node that is not in the way, since it is the one to be placed.
        size: width and height of the box.

    Returns:
        The place, and the edits that move other nodes out of the way.
    """
    boxes = here.areas((without,))
    taken = list(boxes.values())
    if wanted is not None and free_spot(taken, wanted, size) == wanted:
        return wanted, []
    source, target = (here.key_of(port.node) for port in (wire.source, wire.target))
    room = room_between(boxes, source, target, size) if source != target else None
    if room is None:
        x, y, width, _ = boxes[source]
        beside = (x + width + BOX[0] / 2, y)
        return spot_onward(taken, beside, size) if wanted is None else free_spot(taken, wanted, size), []
    return room.place, _slide(here, room)


def _slide(here: Arrangement, room: Room) -> list[GraphEdit]:
    """The edits that move boxes aside, and the frames that follow them."""
    ids = [id_ for key in room.aside if key in here.boxes for id_ in here.boxes[key].ids]
    places = {id_: here.graph.nodes[id_].position for id_ in ids}
    moves = moved(here.graph, {id_: (x + room.step, y) for id_, (x, y) in places.items()})
    return [*moves, *frames_after(here, moves)]

"""Frames follow nodes that the program moves: they go round the same nodes after as before, and notes make room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from workbench.core.edits import GraphEdit, SetField
from workbench.core.frames import Area, Frame, followed_area, laid_round
from workbench.core.framing import change_frame
from workbench.editing.arrangement import Arrangement
from workbench.editing.box_sizes import PADDING, STRIP, TEXT_INSET, TITLE
from workbench.editing.room import around, free_spot

SIDE, HEAD, FOOT = 14.0, 8.0, 10.0  # rows that are one grid step apart have frames that do not touch
GROUP_MARGINS = (PADDING, PADDING + TITLE, PADDING, PADDING)
NEAR = 40.0  # how far beside a network a note may always be
MOST_TEXT = 400.0  # how high a frame's own text may push what stands in it down, where it is laid round that


def frames_after(
    here: Arrangement,
    moves: Iterable[GraphEdit],
    placed: Mapping[str, Area] = MappingProxyType({}),
    *,
    is_anew: bool = False,
) -> list[GraphEdit]:
    """Returns the edits by which frames follow nodes that are moved.

    Args:
        here: where all stands before.
        moves: the edits that put nodes elsewhere.
        placed: where notes and empty frames go that have a place already.
        is_anew: whether a frame is laid close round what it holds, also where all of that moves by one step.
    """
    graph = here.graph
    places = {edit.node: edit.after for edit in moves if isinstance(edit, SetField) and edit.field == "position"}
    if not graph.frames or not (places or placed):
        return []
    before = {key: box.area for key, box in here.boxes.items()}
    after = {key: _put(area, graph.nodes[key].position, places.get(key)) for key, area in before.items()}
    areas = _areas_after(here, before, after, placed, is_anew=is_anew)
    edits = [change_frame(graph, id_, area=area) for id_, area in areas.items()]
    return [edit for edit in edits if edit is not None]


def _areas_after(
    here: Arrangement,
    before: Mapping[str, Area],
    after: Mapping[str, Area],
    placed: Mapping[str, Area],
    *,
    is_anew: bool,
) -> dict[str, Area]:
    """Where all frames lie after boxes have moved; inner ones are found first, since outer ones go round them."""
    frames = here.frames
    groups, groups_after = group_areas(here, before), group_areas(here, after)
    areas: dict[str, Area] = {}
    for id_ in sorted(frames, key=lambda each: frames[each].area[2] * frames[each].area[3]):
        frame = frames[id_]
        held = here.keys_in(frame.area)
        if not held:
            area = _as_near(frame.area, before, after) if is_anew else frame.area
            areas[id_] = placed.get(id_) or (area if frame.title else _aside(area, before, after))
            continue
        inner = [each for each in here.frames_in(id_) if each in areas]
        own = here.groups_in(frame.area)
        old = [*(before[key] for key in held), *(frames[each].area for each in inner), *(groups[p] for p in own)]
        new = [*(after[key] for key in held), *(areas[each] for each in inner), *(groups_after[p] for p in own)]
        if is_anew and new != old:
            areas[id_] = laid_round(new, margins_of(here, frame))
        else:
            areas[id_] = followed_area(frame.area, old, new, margins_of(here, frame))
    return areas


def group_areas(here: Arrangement, boxes: Mapping[str, Area]) -> dict[str, Area]:
    """Returns where the frames of open groups lie when boxes are at these places, as high as they may become."""
    found: dict[str, Area] = {}
    for prefix in sorted(here.groups, key=lambda each: -each.count(".")):
        rows = [boxes[key] for key in here.groups[prefix].keys]
        rows += [area for inner, area in found.items() if inner.startswith(f"{prefix}.")]
        found[prefix] = laid_round(rows, GROUP_MARGINS)
    return found


def margins_of(here: Arrangement, frame: Frame) -> Area:
    """Returns how much free canvas a frame has at its left, above, at its right and below what it is laid round.

    Above there is room for its title, and for its text as wide as the frame is now.
    """
    text = here.text_height(frame, frame.area[2] - 2 * TEXT_INSET) if frame.text else 0.0
    return (SIDE, STRIP + HEAD + min(text, MOST_TEXT), SIDE, FOOT)


def _put(area: Area, place: tuple[float, float], moved: tuple[float, float] | None) -> Area:
    """A box's area after one of its nodes has moved."""
    if moved is None:
        return area
    return (area[0] + moved[0] - place[0], area[1] + moved[1] - place[1], *area[2:])


def _as_near(note: Area, before: Mapping[str, Area], after: Mapping[str, Area]) -> Area:
    """Where a note lies that is not to be further from all boxes than it was, such as where a network got smaller."""
    old, new, place = around(before.values()), around(after.values()), list(note[:2])
    for axis in (0, 1):
        size = note[axis + 2]
        gap = max(NEAR, note[axis] - old[axis] - old[axis + 2], old[axis] - note[axis] - size)
        least, most = new[axis] - gap - size, new[axis] + new[axis + 2] + gap
        place[axis] = float(round(min(max(place[axis], least), most)))
    return (place[0], place[1], *note[2:])


def _aside(note: Area, before: Mapping[str, Area], after: Mapping[str, Area]) -> Area:
    """Where a note lies after boxes have moved: where it was, unless one would come to lie upon it."""
    if not any(_meet(note, after[key]) and not _meet(note, before[key]) for key in after):
        return note
    x, y = free_spot(list(after.values()), note[:2], note[2:])
    return (float(round(x)), float(round(y)), *note[2:])


def _meet(one: Area, other: Area) -> bool:
    """Whether two areas have a part in common."""
    (x, y, width, height), (left, top, wide, high) = one, other
    return x < left + wide and left < x + width and y < top + high and top < y + height

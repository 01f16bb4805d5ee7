"""The edits that open a group where it stands, and fold it again: what is round it slides aside, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from workbench.core.edits import MISSING, CompositeGraphEdit, GraphEdit, SetGroup
from workbench.core.frames import shifted
from workbench.core.framing import change_frame
from workbench.core.graph import Graph, Group
from workbench.core.graph_edits import moved
from workbench.core.groups import border, fold, folded_over, members, middle
from workbench.core.names import is_within
from workbench.editing.arrangement import Arrangement
from workbench.editing.box_sizes import PADDING, TITLE, WIDTH, area_of, tallest_group
from workbench.editing.frames_follow import frames_after
from workbench.editing.node_text import group_text
from workbench.editing.room import GAP, Area, Place, around, free_spot, overlap, slid_apart, slid_together
from workbench.model.analysis import Analysis


def opened(here: Arrangement, prefix: str) -> CompositeGraphEdit:
    """Returns the edit that opens a group; its nodes stay where they are if there is room for them."""
    graph, box = here.graph, here.boxes[here.folded[prefix]]
    stands = _stands(here, prefix)
    boxes = {key: stand.area for key, stand in stands.items()}
    inside = members(graph, prefix)
    left, top, width, height = around(_areas_inside(graph, prefix))
    corner, size = (left - PADDING, top - PADDING - TITLE), (width + 2 * PADDING, height + 2 * PADDING + TITLE)
    label, opening = f"Open {prefix}", fold(graph, prefix, folded=False)
    if free_spot(list(boxes.values()), corner, size) == corner:
        return CompositeGraphEdit((opening,), label)
    step = (box.left - left, box.top - top)
    places = {node.id: (node.position[0] + step[0], node.position[1] + step[1]) for node in inside}
    own = box.area
    slides = slid_apart(boxes, own, _grown(width, height))
    moves = moved(graph, places | _moved_places(graph, stands, slides))
    inner = [change_frame(graph, id_, area=shifted(frame.area, step)) for id_, frame in graph.frames.items()
             if is_within(frame.group, prefix)]  # fmt: skip
    frames = [edit for edit in inner if edit is not None]
    return CompositeGraphEdit((opening, *_but(moves, prefix), *frames, *frames_after(here, moves)), label)


def folded(here: Arrangement, prefix: str) -> CompositeGraphEdit:
    """Returns the edit that folds a group: its box stands where its first node does, and the room is taken back.

    What stands to the right of the group and below it comes nearer by as much as opening would push it away; nothing
    moves where something would come to lie upon something else.
    """
    graph = here.graph
    before = graph.groups.get(prefix, MISSING)
    record = before if isinstance(before, Group) else Group()
    left, top, width, height = around(_areas_inside(graph, prefix))
    folding = SetGroup(prefix, before, replace(record, folded=True, position=(left, top)))
    stands = _stands(here, prefix)
    boxes = {key: stand.area for key, stand in stands.items()}
    after = folding.apply(graph)
    after.share_memo(graph)
    own = _folded_area(after, prefix)
    slides = slid_together(boxes, own, _grown(width, height))
    placed = {key: _at(area, slides.get(key, (0.0, 0.0))) for key, area in boxes.items()}
    is_free = not any(overlap(one, other) for one, other in combinations([*placed.values(), own], 2))
    moves = moved(graph, _moved_places(graph, stands, slides)) if is_free else []
    return CompositeGraphEdit((folding, *_but(moves, prefix), *frames_after(here, moves)), f"Fold {prefix}")


def _areas_inside(graph: Graph, prefix: str) -> list[Area]:
    """What is seen of an open group: its nodes, and the boxes of the groups in it that are folded."""
    over = folded_over(graph, prefix)
    found = [area_of(graph, node) for node in members(graph, prefix) if node.id not in over]
    return found + [_folded_area(graph, inner) for inner in dict.fromkeys(over.values())]


def _folded_area(graph: Graph, prefix: str) -> Area:
    """What the box of a folded group takes, as high as it may become."""
    inside = members(graph, prefix)
    place = graph.groups[prefix].position or middle(inside)
    text = group_text(Analysis(graph), prefix, inside, border(graph, {node.id for node in inside}))
    return (*place, WIDTH, tallest_group(text))


@dataclass(frozen=True)
class _Stand:
    """What stands round a group and moves as one: a box, or an open group with all that is in it.

    Attributes:
        area: as high as it may become.
        ids: its nodes.
    """

    area: Area
    ids: tuple[str, ...]


def _stands(here: Arrangement, prefix: str) -> dict[str, _Stand]:
    """What stands round a group, by names; what is outside of the level stands there too and never moves."""
    frames = {each: group.area for each, group in here.groups.items() if not is_within(prefix, each)}
    outer = [each for each in frames if not any(is_within(each, other) for other in frames if other != each)]
    found: dict[str, _Stand] = {}
    taken: set[str] = set()
    for each in outer:
        ids = tuple(id_ for key in here.groups[each].keys for id_ in here.boxes[key].ids)
        found[f"{each}."] = _Stand(frames[each], ids)
        taken.update(ids)
    own = {node.id for node in members(here.graph, prefix)}
    for key, box in {**here.boxes, **here.neighbours}.items():
        if key not in taken and key not in own:
            found[key] = _Stand(box.area, box.ids if key in here.boxes else ())
    return found


def _grown(width: float, height: float) -> tuple[float, float]:
    """How large the place of an open group is whose nodes take so much."""
    return width + PADDING + GAP[0], height + PADDING + GAP[1]


def _at(area: Area, step: Place) -> Area:
    return (area[0] + step[0], area[1] + step[1], area[2], area[3])


def _moved_places(graph: Graph, stands: Mapping[str, _Stand], steps: Mapping[str, Place]) -> dict[str, Place]:
    """The new places of the nodes of what moves by these steps."""
    places: dict[str, Place] = {}
    for key, (x, y) in steps.items():
        for id_ in stands[key].ids:
            place = graph.nodes[id_].position
            places[id_] = (place[0] + x, place[1] + y)
    return places


def _but(moves: list[GraphEdit], prefix: str) -> list[GraphEdit]:
    """The moves without that of the group's own box, which the edit before them has placed."""
    return [edit for edit in moves if not (isinstance(edit, SetGroup) and edit.prefix == prefix)]

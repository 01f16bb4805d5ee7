"""The edits that open a group where it stands, and fold it again: what is round it slides aside, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from workbench.core.drawing import moved
from workbench.core.edits import MISSING, GraphEdit, SetGroup, Several
from workbench.core.frames import shifted
from workbench.core.framing import change_frame
from workbench.core.graph import Group
from workbench.core.groups import border, fold, members
from workbench.core.names import is_within
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.describing import describe_group
from workbench.gui.editor.frame_following import frames_after
from workbench.gui.editor.group_item import PADDING, TITLE, FoldedItem
from workbench.gui.editor.painting import WIDTH
from workbench.gui.editor.placing import area_of
from workbench.gui.editor.room import GAP, Area, Place, around, free_spot, overlap, slid_apart, slid_together
from workbench.gui.session import Derived

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems


def opened(scene: SceneItems, prefix: str) -> Several:
    """Returns the edit that opens a group; its nodes stay where they are if there is room for them."""
    graph, box = scene.session.graph, scene.groups.folded[prefix]
    boxes = _areas(scene, [box])
    inside = members(graph, prefix)
    left, top, width, height = around(area_of(graph, node) for node in inside)
    corner, size = (left - PADDING, top - PADDING - TITLE), (width + 2 * PADDING, height + 2 * PADDING + TITLE)
    label, opening = f"Open {prefix}", fold(graph, prefix, folded=False)
    if free_spot(list(boxes.values()), corner, size) == corner:
        return Several((opening,), label)
    step = (box.x() - left, box.y() - top)
    places = {node.id: (node.position[0] + step[0], node.position[1] + step[1]) for node in inside}
    own = (box.x(), box.y(), WIDTH, box.tallest)
    slides = slid_apart(boxes, own, _grown(width, height))
    moves = moved(graph, places | _moved_places(scene, slides))
    inner = [change_frame(graph, id_, area=shifted(frame.area, step)) for id_, frame in graph.frames.items()
             if is_within(frame.group, prefix)]  # fmt: skip
    frames = [edit for edit in inner if edit is not None]
    return Several((opening, *_but(moves, prefix), *frames, *frames_after(scene, moves)), label)


def folded(scene: SceneItems, prefix: str) -> Several:
    """Returns the edit that folds a group: its box stands where its first node does, and the room is taken back.

    What stands to the right of the group and below it comes nearer by as much as opening would push it away; nothing
    moves where something would come to lie upon something else.
    """
    graph, inside = scene.session.graph, members(scene.session.graph, prefix)
    before = graph.groups.get(prefix, MISSING)
    record = before if isinstance(before, Group) else Group()
    left, top, width, height = around(area_of(graph, node) for node in inside)
    folding = SetGroup(prefix, before, replace(record, folded=True, position=(left, top)))
    boxes = _areas(scene, scene.groups.boxes_of(prefix))
    item = FoldedItem(prefix, scene.theme)
    ids = [node.id for node in inside]
    after = folding.apply(graph)
    derived = Derived(after, scene.session.derived)
    item.update_from(ids, describe_group(derived, prefix, inside, border(graph, set(ids))))
    own = (left, top, WIDTH, item.tallest)
    slides = slid_together(boxes, own, _grown(width, height))
    placed = {key: _at(area, slides.get(key, (0.0, 0.0))) for key, area in boxes.items()}
    stands = [*placed.values(), own]
    is_free = not any(overlap(one, other) for one, other in combinations(stands, 2))
    moves = moved(graph, _moved_places(scene, slides)) if is_free else []
    return Several((folding, *_but(moves, prefix), *frames_after(scene, moves)), f"Fold {prefix}")


def _areas(scene: SceneItems, without: list[BoxItem]) -> dict[str, Area]:
    """Where the boxes are, as high as they may become, by the id of their first node."""
    return {each.ids[0]: (each.x(), each.y(), WIDTH, each.tallest) for each in scene.all_boxes() if each not in without}


def _grown(width: float, height: float) -> tuple[float, float]:
    """How large the place of an open group is whose nodes take so much."""
    return width + PADDING + GAP[0], height + PADDING + GAP[1]


def _at(area: Area, step: Place) -> Area:
    return (area[0] + step[0], area[1] + step[1], area[2], area[3])


def _moved_places(scene: SceneItems, steps: Mapping[str, Place]) -> dict[str, Place]:
    """The new places of the nodes of boxes that move by these steps; what is outside stays."""
    graph, places = scene.session.graph, dict[str, Place]()
    for key, (x, y) in steps.items():
        for id_ in scene.box_of(key).ids if scene.is_here(key) else ():
            place = graph.nodes[id_].position
            places[id_] = (place[0] + x, place[1] + y)
    return places


def _but(moves: list[GraphEdit], prefix: str) -> list[GraphEdit]:
    """The moves without that of the group's own box, which the edit before them has placed."""
    return [edit for edit in moves if not (isinstance(edit, SetGroup) and edit.prefix == prefix)]

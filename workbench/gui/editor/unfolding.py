"""The edit that opens a group where it stands: its nodes come into its place, and what is in their way slides aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core.drawing import moved
from workbench.core.edits import Several
from workbench.core.frames import shifted
from workbench.core.framing import change_frame
from workbench.core.groups import fold, members
from workbench.core.names import is_within
from workbench.gui.editor.frame_following import frames_after
from workbench.gui.editor.group_item import PADDING, TITLE
from workbench.gui.editor.painting import WIDTH
from workbench.gui.editor.placing import area_of
from workbench.gui.editor.room import GAP, Area, around, free_spot, slid_apart

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems


def opened(scene: SceneItems, prefix: str) -> Several:
    """Returns the edit; nodes of the group stay where they are if there is room for them."""
    graph, box = scene.session.graph, scene.groups.folded[prefix]
    boxes: dict[str, Area] = {
        each.ids[0]: (each.x(), each.y(), WIDTH, each.tallest) for each in scene.all_boxes() if each is not box
    }
    inside = members(graph, prefix)
    left, top, width, height = around(area_of(graph, node) for node in inside)
    corner, size = (left - PADDING, top - PADDING - TITLE), (width + 2 * PADDING, height + 2 * PADDING + TITLE)
    label, opening = f"Open {prefix}", fold(graph, prefix, folded=False)
    if free_spot(list(boxes.values()), corner, size) == corner:
        return Several((opening,), label)
    places = {node.id: (node.position[0] + box.x() - left, node.position[1] + box.y() - top) for node in inside}
    own = (box.x(), box.y(), WIDTH, box.tallest)
    for key, (right, down) in slid_apart(boxes, own, (width + PADDING + GAP[0], height + PADDING + GAP[1])).items():
        for id_ in scene.box_of(key).ids if scene.is_here(key) else ():
            x, y = graph.nodes[id_].position
            places[id_] = (x + right, y + down)
    moves = moved(graph, places)
    step = (box.x() - left, box.y() - top)
    inner = [change_frame(graph, id_, area=shifted(frame.area, step)) for id_, frame in graph.frames.items()
             if is_within(frame.group, prefix)]  # fmt: skip
    frames = [edit for edit in inner if edit is not None]
    return Several((opening, *moves, *frames, *frames_after(scene, moves)), label)

"""The edits that lay boxes out in lines from left to right; what stands in a frame or an open group stays together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.core.clusters import Cluster, tidied_in_clusters
from workbench.core.edits import GraphEdit
from workbench.core.frames import Area, inside
from workbench.core.graph_edits import moved
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.frame_following import GROUP_MARGINS, frames_after, margins_of

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems


def tidied_boxes(scene: SceneItems, boxes: Sequence[BoxItem]) -> list[GraphEdit]:
    """The edits that lay boxes out, with the frames round them, and the notes in these.

    Their upper left corner stays, and nodes of a folded group stay as they are in it.

    Args:
        scene: where they stand.
        boxes: nodes and folded groups.
    """
    graph = scene.session.graph
    chosen = {box.ids[0]: box for box in boxes}
    of = {id_: key for key, box in chosen.items() for id_ in box.ids}
    wires = [(of[edge.source.node], of[edge.target.node]) for edge in graph.edges
             if edge.source.node in of and edge.target.node in of]  # fmt: skip
    held = _held(scene, chosen)
    areas: dict[str, Area] = {key: (box.x(), box.y(), box.box().width(), box.tallest) for key, box in chosen.items()}
    areas |= {id_: graph.frames[id_].area for members in held.values() for id_ in members if id_ in graph.frames}
    clusters = [Cluster(frozenset(members), GROUP_MARGINS) for members in _open_groups(scene, chosen)]
    clusters += [Cluster(frozenset(members), margins_of(graph.frames[id_])) for id_, members in held.items()]
    places = tidied_in_clusters({key: area[2:] for key, area in areas.items()}, wires, clusters)
    left, top = (min(areas[key][axis] for key in chosen) for axis in (0, 1))
    first_x, first_y = (min(places[key][axis] for key in chosen) for axis in (0, 1))
    wanted: dict[str, tuple[float, float]] = {}
    for key, box in chosen.items():
        step_x = left + places[key][0] - first_x - box.x()
        step_y = top + places[key][1] - first_y - box.y()
        for id_ in box.ids:
            x, y = graph.nodes[id_].position
            wanted[id_] = (x + step_x, y + step_y)
    notes = {
        key: (float(round(left + x - first_x)), float(round(top + y - first_y)), *areas[key][2:])
        for key, (x, y) in places.items()
        if key not in chosen
    }
    edits = moved(graph, wanted)
    return [*edits, *frames_after(scene, edits, notes, is_anew=True)]


def _held(scene: SceneItems, chosen: Mapping[str, BoxItem]) -> dict[str, list[str]]:
    """For each frame in which only chosen boxes stand: these, and the notes and empty frames in it."""
    frames, found = scene.frames, dict[str, list[str]]()
    for id_ in frames.items:
        keys = [box.ids[0] for box in frames.boxes_in([id_]) if box.ids]
        if keys and all(key in chosen for key in keys):
            found[id_] = keys + [each for each in inside(frames.here, id_) if not frames.is_held(each)]
    return found


def _open_groups(scene: SceneItems, chosen: Mapping[str, BoxItem]) -> list[list[str]]:
    """The boxes of each open group of which all are chosen."""
    inner_first = sorted(scene.groups.frames, key=lambda prefix: -prefix.count("."))
    found = [[box.ids[0] for box in scene.groups.boxes_of(prefix) if box.ids] for prefix in inner_first]
    return [keys for keys in found if keys and all(key in chosen for key in keys)]

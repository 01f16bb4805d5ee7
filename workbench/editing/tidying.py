"""The edits that lay boxes out in lines from left to right; what stands in a frame or an open group stays together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workbench.core.clusters import Cluster, tidied_in_clusters
from workbench.core.edits import GraphEdit
from workbench.core.frames import Area
from workbench.core.graph_edits import moved
from workbench.editing.arrangement import Arrangement
from workbench.editing.frames_follow import GROUP_MARGINS, frames_after, margins_of


def tidied_boxes(here: Arrangement, keys: Sequence[str]) -> list[GraphEdit]:
    """The edits that lay boxes out, with the frames round them, and the notes in these.

    Their upper left corner stays, and nodes of a folded group stay as they are in it.

    Args:
        here: where they stand.
        keys: of the boxes: nodes and folded groups.
    """
    graph = here.graph
    chosen = {key: here.boxes[key] for key in keys}
    of = {id_: key for key, box in chosen.items() for id_ in box.ids}
    wires = [(of[edge.source.node], of[edge.target.node]) for edge in graph.edges
             if edge.source.node in of and edge.target.node in of]  # fmt: skip
    held = _held(here, chosen)
    areas: dict[str, Area] = {key: box.area for key, box in chosen.items()}
    areas |= {id_: graph.frames[id_].area for members in held.values() for id_ in members if id_ in graph.frames}
    clusters = [Cluster(frozenset(members), GROUP_MARGINS) for members in _open_groups(here, chosen)]
    clusters += [Cluster(frozenset(members), margins_of(here, graph.frames[id_])) for id_, members in held.items()]
    places = tidied_in_clusters({key: area[2:] for key, area in areas.items()}, wires, clusters)
    left, top = (min(areas[key][axis] for key in chosen) for axis in (0, 1))
    first_x, first_y = (min(places[key][axis] for key in chosen) for axis in (0, 1))
    wanted: dict[str, tuple[float, float]] = {}
    for key, box in chosen.items():
        step_x = left + places[key][0] - first_x - box.left
        step_y = top + places[key][1] - first_y - box.top
        for id_ in box.ids:
            x, y = graph.nodes[id_].position
            wanted[id_] = (x + step_x, y + step_y)
    notes = {
        key: (float(round(left + x - first_x)), float(round(top + y - first_y)), *areas[key][2:])
        for key, (x, y) in places.items()
        if key not in chosen
    }
    edits = moved(graph, wanted)
    return [*edits, *frames_after(here, edits, notes, is_anew=True)]


def _held(here: Arrangement, chosen: Collection[str]) -> dict[str, list[str]]:
    """For each frame in which only chosen boxes stand: these, and the notes and empty frames in it."""
    found: dict[str, list[str]] = {}
    for id_, frame in here.frames.items():
        keys = here.keys_in(frame.area)
        if keys and all(key in chosen for key in keys):
            empty = [each for each in here.frames_in(id_) if not here.keys_in(here.frames[each].area)]
            found[id_] = keys + empty
    return found


def _open_groups(here: Arrangement, chosen: Collection[str]) -> list[list[str]]:
    """The boxes of each open group of which all are chosen."""
    inner_first = sorted(here.groups, key=lambda prefix: -prefix.count("."))
    found = [list(here.groups[prefix].keys) for prefix in inner_first]
    return [keys for keys in found if keys and all(key in chosen for key in keys)]

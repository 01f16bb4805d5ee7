"""Arrangements of graphs as the canvas would show them, from the places of nodes alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.graph_factories import line
from workbench.core.edits import GraphEdit
from workbench.core.frames import Area, Frame
from workbench.core.graph import Graph, Node
from workbench.core.graph_edits import moved
from workbench.core.groups import border, folded_over, members, middle, open_groups
from workbench.editing.arrangement import Arrangement, OpenGroup, StandingBox
from workbench.editing.box_sizes import HEADER, area_of, tallest_group
from workbench.editing.frames_follow import group_areas
from workbench.editing.node_text import group_text
from workbench.model.analysis import Analysis

LINE_HEIGHT = 10.0


def text_height(frame: Frame, width: float) -> float:
    """How high a frame's text is where every letter is ten pixels wide."""
    letters = max(1, int(width // 10))
    return LINE_HEIGHT * -(-len(frame.text) // letters)


def arranged(graph: Graph, *, beside: Collection[str] = ()) -> Arrangement:
    """Where everything of a network stands; the nodes `beside` are shown as neighbours of the level."""
    hidden = folded_over(graph)
    boxes = {node.id: _box((node.id,), area_of(graph, node)) for node in graph if node.id not in hidden}
    folded = {}
    for prefix in dict.fromkeys(hidden.values()):
        inside = members(graph, prefix)
        ids = tuple(node.id for node in inside)
        text = group_text(Analysis(graph), prefix, inside, border(graph, ids))
        boxes[ids[0]] = _box(ids, (*(graph.groups[prefix].position or middle(inside)), 150.0, tallest_group(text)))
        folded[prefix] = ids[0]
    neighbours = {key: boxes.pop(key) for key in beside}
    groups = {
        prefix: OpenGroup((0.0, 0.0, 0.0, 0.0), tuple(key for key, box in boxes.items() if box.ids[0] in inside))
        for prefix, inside in ((each, {node.id for node in nodes}) for each, nodes in open_groups(graph).items())
    }
    here = Arrangement(graph, boxes, neighbours, groups, folded, graph.frames, text_height)
    areas = group_areas(here, here.areas())
    shown = {prefix: OpenGroup(areas[prefix], group.keys) for prefix, group in groups.items()}
    return Arrangement(graph, boxes, neighbours, shown, folded, graph.frames, text_height)


def _box(ids: tuple[str, ...], area: Area) -> StandingBox:
    left, top, _, height = area
    return StandingBox(ids, left, top, height, height, HEADER)


def row(*names: str, step: float = 216.0) -> Graph:
    """ReLUs behind one another in a row, one step apart; their ids are their names."""
    graph = line(*((name, "ReLU", {}) for name in names))
    return done(graph, moved(graph, {name: (i * step, 0.0) for i, name in enumerate(names)}))


def done(graph: Graph, edits: Collection[GraphEdit]) -> Graph:
    """The graph after these edits, which can all be taken back."""
    before = graph
    taken = []
    for edit in edits:
        taken.append(edit.inverse())
        graph = edit.apply(graph)
    undone = graph
    for edit in reversed(taken):
        undone = edit.apply(undone)
    assert undone == before
    return graph


def scattered(*rows: tuple[str, str, dict[str, Any]]) -> Graph:
    """Nodes (name, layer, settings) without wires; a node's id is its name."""
    return Graph({name: Node(name, name, layer, params) for name, layer, params in rows})

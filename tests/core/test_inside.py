"""What is seen from inside a group, and how what is drawn there is named."""

from __future__ import annotations

import pytest

from tests.graph_factories import drawn
from workbench.core.edits import MISSING, AddNode, CompositeGraphEdit, SetFrame, SetGroup
from workbench.core.frames import Frame
from workbench.core.graph import Graph, Group, Node
from workbench.core.graph_edits import new_id
from workbench.core.groups import end_of_folded, fold, group, members, rename_group, ungroup
from workbench.core.inside import (
    drawn_inside,
    frames_inside,
    level_of_frame,
    level_round,
    level_to_see,
    outside,
    path_to,
)


@pytest.fixture
def graph() -> Graph:
    """ResNet-18, its blocks folded."""
    return drawn("resnet18", (3, 64, 64))


def names(graph: Graph, ids: object) -> set[str]:
    return {graph.nodes[id_].name for id_ in ids}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("inner", "feeds", "is_fed"),
    [
        ("layer1.0", {"maxpool": ["maxpool"]}, {"layer1.1": ["layer1.1.conv1", "layer1.1.add"]}),
        ("layer4.1", {"layer4.0": ["layer4.0.relu2"]}, {"avgpool": ["avgpool"]}),
    ],
)
def test_neighbours_are_nodes_or_the_groups_that_they_are_in(
    graph: Graph, inner: str, feeds: dict[str, list[str]], is_fed: dict[str, list[str]]
) -> None:
    found = outside(graph, inner)
    assert names(graph, found.ids) == set(graph.by_name) - {node.name for node in members(graph, inner)}
    sources = {name: [graph.nodes[port.node].name for port in each.outputs] for name, each in found.borders.items()}
    targets = {name: [graph.nodes[port.node].name for port in each.inputs] for name, each in found.borders.items()}
    assert {name: each for name, each in sources.items() if each} == feeds
    assert {name: set(each) for name, each in targets.items() if each} == {k: set(v) for k, v in is_fed.items()}
    assert all({edge.source.node, edge.target.node} <= found.ids for edge in found.wires)


def test_nothing_is_outside_of_the_network(graph: Graph) -> None:
    found = outside(graph, "")
    assert not found.ids and not found.wires and not found.borders  # noqa: PT018 - one statement about one value


def test_the_level_of_a_node_is_its_innermost_folded_group(graph: Graph) -> None:
    graph = SetGroup("layer1", MISSING, Group()).apply(graph)
    assert level_to_see(graph, graph.named("layer1.0.conv1").id) == "layer1.0"
    assert level_to_see(graph, graph.named("fc").id) == ""
    assert path_to(graph, "layer1.0") == ["layer1", "layer1.0"]
    inside = [graph.named("layer1.1.conv1").id]
    assert level_round(graph, inside, "layer1.0") == "layer1"
    assert level_round(graph, [graph.named("fc").id], "layer1.0") == ""


@pytest.mark.parametrize("inner", ["layer1.0", "layer3.1"])
def test_a_folded_group_stands_for_the_node_by_which_it_is_left(graph: Graph, inner: str) -> None:
    ids = [node.id for node in members(graph, inner)]
    assert end_of_folded(graph, ids) == graph.named(f"{inner}.relu2").id
    assert end_of_folded(graph, ids[1:]) == ""
    assert end_of_folded(graph, [*ids, graph.named("fc").id]) == ""


@pytest.mark.parametrize(
    ("wanted", "name"), [("tanh", "layer1.0.tanh"), ("conv1", "layer1.0.conv2"), ("layer1.0.x", "layer1.0.x")]
)
def test_what_is_drawn_inside_is_named_inside(graph: Graph, wanted: str, name: str) -> None:
    bare = Graph({node.id: node for node in graph if node.name in ("fc", "layer1.0.conv1")}, (), graph.groups)
    edit = AddNode(Node(new_id(bare), wanted, "Tanh"))
    made = drawn_inside(bare, edit, "layer1.0")
    assert name in made.apply(bare).by_name
    assert made.text == edit.text
    assert made.inverse().apply(made.apply(bare)) == bare


def test_what_adds_nothing_is_left_as_it_is(graph: Graph) -> None:
    edit = CompositeGraphEdit((), "Nothing")
    assert drawn_inside(graph, edit, "layer1.0") is edit


def test_what_is_added_is_not_hidden_in_a_folded_group(graph: Graph) -> None:
    edit = AddNode(Node(new_id(graph), "layer1.0.conv9", "Conv2d"))
    assert "conv9" in drawn_inside(graph, edit, "").apply(graph).by_name
    assert "layer2.0.conv9" in drawn_inside(graph, edit, "layer2.0").apply(graph).by_name
    assert drawn_inside(graph, edit, "layer1.0") is edit


def test_a_group_added_inside_is_a_group_inside_with_its_frames(graph: Graph) -> None:
    node = AddNode(Node(new_id(graph), "block.conv", "Conv2d"))
    frame = SetFrame("f", MISSING, Frame(title="why", group="block"))
    edit = CompositeGraphEdit((node, SetGroup("block", MISSING, Group()), frame), "Paste")
    after = drawn_inside(graph, edit, "layer1.0").apply(graph)
    assert "layer1.0.block" in after.groups
    assert "block" not in after.groups
    assert after.frames["f"].group == "layer1.0.block"
    assert drawn_inside(graph, edit, "").apply(graph).frames["f"].group == "block"


def test_a_frame_is_seen_where_its_group_is(graph: Graph) -> None:
    rows = {"whole": "", "block": "layer1.0", "gone": "layer1.7"}
    for id_, level in rows.items():
        graph = SetFrame(id_, MISSING, Frame(title=id_, group=level)).apply(graph)
    assert set(frames_inside(graph, "")) == {"whole", "gone"}
    assert set(frames_inside(graph, "layer1.0")) == {"block"}
    assert level_of_frame(graph, "block") == "layer1.0"
    opened = fold(graph, "layer1.0", folded=False).apply(graph)
    assert set(frames_inside(opened, "")) == {"whole", "block", "gone"}
    assert level_of_frame(opened, "block") == ""


def test_frames_follow_their_group(graph: Graph) -> None:
    graph = SetFrame("f", MISSING, Frame(group="layer1.0")).apply(graph)
    assert rename_group(graph, "layer1.0", "stem").apply(graph).frames["f"].group == "stem"
    assert ungroup(graph, "layer1.0").apply(graph).frames["f"].group == "layer1"
    ids = [node.id for node in members(graph, "layer1.0")]
    edit, prefix = group(graph, [*ids, graph.named("fc").id])
    assert edit.apply(graph).frames["f"].group == f"{prefix}.layer1.0"
    assert edit.inverse().apply(edit.apply(graph)) == graph

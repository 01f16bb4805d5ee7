"""What is seen from inside a group, and how what is drawn there is named."""

from __future__ import annotations

import pytest

from tests.making_graphs import drawn
from workbench.core.drawing import new_id
from workbench.core.edits import MISSING, AddNode, SetGroup, Several
from workbench.core.graph import Graph, Group, Node
from workbench.core.groups import end_of_folded, members
from workbench.core.inside import drawn_inside, level_round, level_to_see, outside, path_to


@pytest.fixture
def graph() -> Graph:
    """ResNet-18, its blocks folded."""
    return drawn("resnet18", (3, 64, 64))


def names(graph: Graph, ids: object) -> set[str]:
    return {graph.nodes[id_].name for id_ in ids}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("group", "feeds", "is_fed"),
    [
        ("layer1.0", {"maxpool": ["maxpool"]}, {"layer1.1": ["layer1.1.conv1", "layer1.1.add"]}),
        ("layer4.1", {"layer4.0": ["layer4.0.relu2"]}, {"avgpool": ["avgpool"]}),
    ],
)
def test_neighbours_are_nodes_or_the_groups_that_they_are_in(
    graph: Graph, group: str, feeds: dict[str, list[str]], is_fed: dict[str, list[str]]
) -> None:
    found = outside(graph, group)
    assert names(graph, found.ids) == set(graph.by_name) - {node.name for node in members(graph, group)}
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


@pytest.mark.parametrize("group", ["layer1.0", "layer3.1"])
def test_a_folded_group_stands_for_the_node_by_which_it_is_left(graph: Graph, group: str) -> None:
    ids = [node.id for node in members(graph, group)]
    assert end_of_folded(graph, ids) == graph.named(f"{group}.relu2").id
    assert end_of_folded(graph, ids[1:]) == ""
    assert end_of_folded(graph, [*ids, graph.named("fc").id]) == ""


@pytest.mark.parametrize(
    ("wish", "name"), [("tanh", "layer1.0.tanh"), ("conv1", "layer1.0.conv2"), ("layer1.0.x", "layer1.0.x")]
)
def test_what_is_drawn_inside_is_named_inside(graph: Graph, wish: str, name: str) -> None:
    bare = Graph({node.id: node for node in graph if node.name in ("fc", "layer1.0.conv1")}, (), graph.groups)
    edit = AddNode(Node(new_id(bare), wish, "Tanh"))
    made = drawn_inside(bare, edit, "layer1.0")
    assert name in made.apply(bare).by_name
    assert made.text == edit.text
    assert made.inverse().apply(made.apply(bare)) == bare
    assert drawn_inside(bare, edit, "") is edit


def test_what_adds_nothing_is_left_as_it_is(graph: Graph) -> None:
    edit = Several((), "Nothing")
    assert drawn_inside(graph, edit, "layer1.0") is edit

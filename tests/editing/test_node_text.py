"""What boxes say: their ends, numbers and problems, in few words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editing.arranging import arranged, row
from tests.graph_factories import drawn, line, picture
from workbench.core.graph import Edge, Graph, Group, Node, Port
from workbench.core.groups import border
from workbench.editing.box_sizes import area_of, group_height, tallest_group
from workbench.editing.node_text import (
    GroupText,
    group_text,
    input_ends,
    node_text,
    receptive_field_text,
    short_count,
    spare_ends,
    texts_of_losses,
    title_of_group,
)
from workbench.layers.spec import find
from workbench.model.analysis import Analysis


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (832, "832"), (48_120, "48.1k"), (2_400_000, "2.4M")])
def test_counts_are_short(number: int, text: str) -> None:
    assert short_count(number) == text


@pytest.mark.parametrize(("layer", "wired", "ends", "spare"), [
    ("ReLU", [], ("x",), ()),
    ("Add", [], ("x.0",), ()),
    ("Add", ["x.0", "x.1"], ("x.0", "x.1", "x.2"), ("x.2",)),
    ("Add", ["x.10", "x.9"], ("x.9", "x.10", "x.11"), ("x.11",)),
    ("Unheard", ["a", "b"], ("a", "b"), ()),
])  # fmt: skip
def test_ends_of_wires(layer: str, wired: list[str], ends: tuple[str, ...], spare: tuple[str, ...]) -> None:
    assert input_ends(find(layer), wired) == ends
    assert spare_ends(find(layer), wired) == spare


def test_a_node_tells_its_numbers_and_its_problem() -> None:
    graph = drawn("lenet5")
    text = node_text(Analysis(graph), graph.named("conv1"), None)
    assert text.numbers == ("6×28×28", "156")
    wrong = line(picture(), ("fc", "Linear", {}))
    analysis = Analysis(wrong)
    said = node_text(analysis, wrong.nodes["fc"], analysis.first_problems["fc"])
    assert said.problem
    assert said.problem[0].isupper()
    assert said.fix
    assert not said.fix.endswith("before fc")


@pytest.mark.parametrize(("name", "text"), [("conv1", "RF 5×5"), ("pool2", "RF 16×16"), ("image", ""), ("fc1", "")])
def test_a_receptive_field_is_told_in_short(name: str, text: str) -> None:
    graph = drawn("lenet5")
    assert receptive_field_text(Analysis(graph).receptive_fields[graph.named(name).id]) == text


def test_losses_are_plain_and_short() -> None:
    assert texts_of_losses({"a": "0.5", "b": "1" * 50}) == {"a": "0.5", "b": "1" * 12}


@pytest.mark.parametrize(("title", "called"), [("", "g"), ("Block", "Block")])
def test_a_group_is_called_by_its_title_or_its_prefix(title: str, called: str) -> None:
    assert title_of_group(replace(row("a"), groups={"g": Group(title=title)}), "g") == called


def test_boxes_grow_with_what_they_show() -> None:
    plain, wrong = GroupText("g"), GroupText("g", problem="Bad")
    assert tallest_group(plain) > group_height(plain, has_picture=False)
    assert tallest_group(wrong) == group_height(wrong, has_picture=False) > group_height(plain, has_picture=False)
    graph = row("a", "b")
    assert area_of(graph, graph.nodes["b"])[:2] == (216.0, 0.0)


def test_a_box_is_found_by_any_of_its_nodes_here_and_beside() -> None:
    graph = drawn("lenet5")
    first, second = graph.order[:2]
    here = arranged(graph, beside=(first,))
    assert [here.key_of(first), here.key_of(second)] == [first, second]
    assert first in here.areas()
    assert first not in here.areas((first,))
    assert here.boxes[second].standing[3] < here.boxes[second].area[3]


def test_many_ports_of_a_group_that_have_one_source_are_drawn_as_one() -> None:
    nodes = {"in": Node("in", "image", "Input", {"shape": [3, 8, 8]}), "out": Node("out", "out", "Concat")}
    edges = []
    for number in range(6):
        name = f"c{number}"
        nodes[name] = Node(name, f"block.{name}", "Conv2d", {"out_channels": 2})
        edges += [Edge(Port("in", "y"), Port(name, "x")), Edge(Port(name, "y"), Port("out", f"x.{number}"))]
    graph = Graph(nodes, tuple(edges), {"block": Group(folded=True)})
    inside = [nodes[f"c{number}"] for number in range(6)]
    text = group_text(Analysis(graph), "block", inside, border(graph, {node.id for node in inside}))
    assert text.inputs == ((Port("c0", "x"), "c0 +5"),)
    assert text.merged == {Port(f"c{number}", "x"): Port("c0", "x") for number in range(1, 6)}
    assert len(text.outputs) == 6


def test_more_rows_of_ports_than_can_be_read_are_drawn_as_one() -> None:
    nodes, edges = {"out": Node("out", "block.out", "Concat")}, []
    for number in range(12):
        name = f"in{number}"
        nodes[name] = Node(name, name, "Input", {"shape": [3, 8, 8], "field": name})
        edges.append(Edge(Port(name, "y"), Port("out", f"x.{number}")))
    graph = Graph(nodes, tuple(edges), {"block": Group(folded=True)})
    text = group_text(Analysis(graph), "block", [nodes["out"]], border(graph, {"out"}))
    assert len(text.inputs) == 8
    assert text.inputs[-1] == (Port("out", "x.7"), "out +4")
    assert set(text.merged) == {Port("out", f"x.{number}") for number in range(8, 12)}

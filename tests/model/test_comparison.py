"""What two networks differ in: exactly what was edited, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.graph_factories import drawn, without
from workbench.core.edits import MISSING
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import insert, set_param
from workbench.model.comparison import changes, cost_change


def keys(before: Graph, after: Graph) -> set[tuple[str, str, str]]:
    return {(each.kind, each.node, each.what) for each in changes(before, after)}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("template", ["lenet5", "small-resnet", "resnet18"])
def test_twenty_edits_are_found_and_nothing_else(template: str, seed: int) -> None:
    draw = random.Random(seed)
    before = after = drawn(template, (3, 64, 64))
    expected: set[tuple[str, str, str]] = set()
    names = [node.name for node in before]
    draw.shuffle(names)
    for number in range(20):
        name = names[number % len(names)]
        node = after.named(name)
        match number % 4:
            case 0:
                after = set_param(node, f"odd{number}", number).apply(after)
                expected.add(("changed", name, f"odd{number}"))
            case 1:
                after = after.with_node(replace(node, init={**node.init, f"w{number}": "zeros_"}))
                expected.add(("changed", name, f"init.w{number}"))
            case 2:
                after = after.with_node(replace(node, frozen=not node.frozen))
                expected ^= {("changed", name, "frozen")}
            case 3:
                new = Node(f"new{number}", f"new{number}", "Identity")
                after = after.with_node(new)
                expected.add(("added", f"new{number}", ""))
    assert keys(before, after) == expected
    back = {("removed" if kind == "added" else kind, node, what) for kind, node, what in expected}
    assert keys(after, before) == back


def test_nodes_that_come_and_go_say_what_feeds_the_others() -> None:
    before = drawn("lenet5")
    (conv2,) = (node for node in before if node.name == "conv2")
    after = insert(before, Port(conv2.id, "x"), "Identity", "between", {}, ("x", "y")).apply(before)
    source = before.nodes[before.incoming[conv2.id]["x"].node].name
    found = {each.text for each in changes(before, after)}
    assert found == {"+ between (Identity)", f"~ conv2: wire x {source}.y → between.y"}
    assert {each.text for each in changes(after, before)} == {
        "- between (Identity)",
        f"~ conv2: wire x between.y → {source}.y",
    }


def test_networks_without_common_ids_are_matched_by_name() -> None:
    before = drawn("lenet5")
    ids = {id_: f"{number:08x}" for number, id_ in enumerate(before.nodes)}
    nodes = {ids[node.id]: replace(node, id=ids[node.id]) for node in before}
    edges = tuple(
        Edge(Port(ids[e.source.node], e.source.name), Port(ids[e.target.node], e.target.name)) for e in before.edges
    )
    assert changes(before, Graph(nodes, edges)) == ()
    assert keys(before, without(Graph(nodes, edges), "relu1")) == {
        ("removed", "relu1", ""),
        ("changed", "pool1", "wire x"),
    }


def test_a_default_that_is_spelt_out_is_told_and_places_are_not() -> None:
    before = drawn("lenet5")
    node = before.named("conv1")
    after = before.with_node(replace(node, params={**node.params, "groups": 1}, position=(9.0, 9.0)))
    (change,) = changes(before, after)
    assert (change.before, change.after) == (MISSING, 1)
    assert change.text == "~ conv1: groups default → 1"


def test_one_and_true_are_not_the_same() -> None:
    before = drawn("lenet5")
    one, true = (set_param(before.named("conv1"), "bias", value).apply(before) for value in (1, True))
    assert keys(one, true) == {("changed", "conv1", "bias")}


def test_cost_of_both() -> None:
    before = drawn("lenet5")
    after = set_param(before.named("fc1"), "out_features", 60).apply(before)
    found = cost_change(before, after)
    assert found["parameters"][0] - found["parameters"][1] == 60 * 401 + 60 * 84

"""What two networks differ in: exactly what was edited, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.graph_factories import drawn, without
from workbench.core.edits import MISSING
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import connect, insert, remove, rename, set_param
from workbench.model.comparison import changes, cost_change


def keys(before: Graph, after: Graph) -> set[tuple[str, str, str]]:
    return {(each.kind, each.node, each.what) for each in changes(before, after)}


class Edits:
    """Edits of every kind, each of a node of its own, and what they make different."""

    def __init__(self, graph: Graph, seed: int) -> None:
        self.before = self.after = graph
        self._draw = random.Random(seed)
        self._ids = list(graph.nodes)
        self._draw.shuffle(self._ids)
        self._touched: set[tuple[str, str]] = set()  # id and what of it
        self._added: set[str] = set()

    def apply(self, kind: str, number: int) -> bool:
        """Makes one edit; returns whether there was a node for it."""
        return getattr(self, f"_{kind}")(number) is not None

    def expected(self) -> set[tuple[str, str, str]]:
        """What the two networks differ in."""
        found = {("added", name, "") for name in self._added}
        for id_, node in self.before.nodes.items():
            if id_ not in self.after.nodes:
                found.add(("removed", node.name, ""))
        names = {id_: node.name for id_, node in self.after.nodes.items()}
        return found | {("changed", names[id_], what) for id_, what in self._touched if id_ in names}

    def _next(self) -> Node | None:
        """A node that is still there and was not edited."""
        while self._ids:
            id_ = self._ids.pop()
            if id_ in self.after.nodes:
                return self.after.nodes[id_]
        return None

    def _changed(self, what: str, **fields: object) -> Node | None:
        node = self._next()
        if node is not None:
            self.after = self.after.with_node(replace(node, **fields))  # type: ignore[arg-type]
            self._touched.add((node.id, what))
        return node

    def _set(self, number: int) -> Node | None:
        node = self._next()
        if node is not None:
            self.after = set_param(node, f"odd{number}", [number]).apply(self.after)
            self._touched.add((node.id, f"odd{number}"))
        return node

    def _init(self, number: int) -> Node | None:
        node = self._next()
        if node is not None:
            self.after = self.after.with_node(replace(node, init={**node.init, "odd": f"normal_(0, {number})"}))
            self._touched.add((node.id, "init.odd"))
        return node

    def _freeze(self, number: int) -> Node | None:
        return self._changed("frozen", frozen=True)

    def _bypass(self, number: int) -> Node | None:
        return self._changed("bypass", bypass=True)

    def _share(self, number: int) -> Node | None:
        return self._changed("share_with", share_with=self._draw.choice(list(self.after.nodes)))

    def _rename(self, number: int) -> Node | None:
        node = self._next()
        if node is not None:
            self.after = rename(self.after, node, f"renamed{number}").apply(self.after)
            self._touched.add((node.id, "name"))
        return node

    def _add(self, number: int) -> Node:
        new = Node(f"new{number}", f"new{number}", "Identity")
        self.after = self.after.with_node(new)
        self._added.add(new.name)
        return new

    def _remove(self, number: int) -> Node | None:
        node = self._next()
        if node is not None:
            self._touched |= {(edge.target.node, f"wire {edge.target.name}") for edge in self.after.outgoing[node.id]}
            self.after = remove(self.after, node).apply(self.after)
        return node

    def _rewire(self, number: int) -> Edge | None:
        """Lets a wire come from the node before where it came from."""
        places = {id_: at for at, id_ in enumerate(self.after.order)}
        free = [
            edge for edge in self.after.edges if (edge.target.node, f"wire {edge.target.name}") not in self._touched
        ]
        self._draw.shuffle(free)
        for edge in free:
            for id_ in self.after.order[: places[edge.target.node]]:
                if id_ != edge.source.node:
                    self.after = connect(self.after, Port(id_, "y"), edge.target).apply(self.after)
                    self._touched.add((edge.target.node, f"wire {edge.target.name}"))
                    return edge
        return None


KINDS = ("set", "init", "freeze", "bypass", "share", "rename", "add", "remove", "rewire")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("template", ["lenet5", "small-resnet", "resnet18", "densenet121", "googlenet", "unet"])
def test_twenty_edits_are_found_and_nothing_else(template: str, seed: int) -> None:
    edits = Edits(drawn(template, (3, 64, 64)), seed)
    draw = random.Random(seed)
    made = [kind for number in range(20) if edits.apply(kind := draw.choice(KINDS), number)]
    assert len(made) == 20 or template == "lenet5", "which has fewer nodes than that"
    expected = edits.expected()
    assert keys(edits.before, edits.after) == expected
    other = {node.id: node.name for node in edits.before}
    names = {node.name: other.get(node.id, node.name) for node in edits.after}
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert keys(edits.after, edits.before) == {
        (turned[kind], names.get(node, node), what) for kind, node, what in expected
    }


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

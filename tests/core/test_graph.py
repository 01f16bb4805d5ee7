"""A graph is a plain value: its order, its wires, and circles refused by name."""

from __future__ import annotations

import copy
from graphlib import TopologicalSorter
from itertools import pairwise

import pytest

from workbench.core.edits import AddEdge
from workbench.core.graph import NOTHING, Edge, Graph, GraphError, Node, Port


def drawn(*wires: str, nodes: str = "abcdef") -> Graph:
    """A graph of one-letter nodes with wires such as "ab"."""
    edges = tuple(Edge(Port(wire[0], "y"), Port(wire[1], f"x.{i}")) for i, wire in enumerate(wires))
    return Graph({id_: Node(id_, f"node_{id_}", "ReLU") for id_ in nodes}, edges)


@pytest.mark.parametrize(
    "wires",
    [
        (),
        ("ab", "bc", "cd", "de", "ef"),
        ("fe", "ed", "dc", "cb", "ba"),
        ("ab", "ac", "bd", "cd", "ae", "ef", "df"),
        ("fa", "ea", "da"),
    ],
)
def test_each_node_comes_after_what_feeds_it(wires: tuple[str, ...]) -> None:
    graph = drawn(*wires)
    assert sorted(graph.order) == list("abcdef")
    assert all(graph.order.index(wire[0]) < graph.order.index(wire[1]) for wire in wires)
    assert drawn(*wires).order == graph.order


@pytest.mark.parametrize(
    ("wires", "text"),
    [
        (("aa",), "node_a → node_a"),
        (("ab", "ba"), "node_a → node_b → node_a"),
        (("cd", "ab", "be", "ea", "bc"), "node_a → node_b → node_e → node_a"),
    ],
)
def test_a_circle_is_refused_with_the_nodes_in_it(wires: tuple[str, ...], text: str) -> None:
    with pytest.raises(GraphError, match="go round in a circle") as caught:
        _ = drawn(*wires).order
    found = str(caught.value).removeprefix("The wires go round in a circle: ").removesuffix(". Cut one of them.")
    around = found.split(" → ")
    assert around[0] == around[-1]
    assert set(around) == set(text.split(" → "))
    assert all(a[-1] + b[-1] in wires for a, b in pairwise(around)), "in the wires' direction"


def test_ancestors_are_what_feeds_a_node() -> None:
    graph = drawn("ab", "bd", "cd", "de", "af")
    assert graph.ancestors(["d"]) == set("abcd")
    assert graph.ancestors(["a"]) == {"a"}
    assert graph.ancestors(["b", "f"]) == set("abf")
    assert graph.ancestors([]) == frozenset()


def test_descendants_are_what_a_node_feeds() -> None:
    graph = drawn("ab", "bd", "cd", "de", "af")
    assert graph.descendants(["b"]) == set("bde")
    assert graph.descendants(["e"]) == {"e"}
    assert graph.descendants(["c", "f"]) == set("cdef")
    assert graph.descendants([]) == frozenset()


def test_wires_by_node() -> None:
    graph = drawn("ab", "ac", "bc")
    assert graph.incoming["c"] == {"x.1": Port("a", "y"), "x.2": Port("b", "y")}
    assert graph.incoming["a"] == {}
    assert [edge.target.node for edge in graph.outgoing["a"]] == ["b", "c"]
    assert graph.outgoing["f"] == ()


def test_nodes_are_found_by_name() -> None:
    graph = drawn(nodes="ab")
    assert graph.named("node_b").id == "b"
    assert [node.id for node in graph] == ["a", "b"]
    with pytest.raises(GraphError, match=r'no node "conv"\. The nodes are: node_a, node_b\.'):
        graph.named("conv")
    with pytest.raises(GraphError, match="The nodes are: none"):
        Graph().named("conv")


def test_a_node_is_replaced_in_its_place() -> None:
    graph = drawn("ab")
    changed = graph.with_node(Node("b", "other", "Tanh"))
    assert list(changed.nodes) == list(graph.nodes)
    assert changed.nodes["b"].layer == "Tanh"
    assert graph.nodes["b"].layer == "ReLU"
    assert changed.edges == graph.edges


def test_the_empty_mapping_stays_empty() -> None:
    assert NOTHING == {}
    assert NOTHING == {}
    assert (len(NOTHING), list(NOTHING), repr(NOTHING), NOTHING.get("a", 3)) == (0, [], "{}", 3)
    assert not hasattr(NOTHING, "__setitem__")
    with pytest.raises(KeyError):
        NOTHING["a"]
    assert copy.deepcopy(Node("a", "conv1", "ReLU")) == Node("a", "conv1", "ReLU", {}, init={}, extra={})


@pytest.mark.parametrize("backwards", [False, True])
def test_wires_are_added_without_putting_all_nodes_in_order_each_time(
    monkeypatch: pytest.MonkeyPatch, backwards: bool
) -> None:
    count, sorted_graphs = 120, []
    nodes = {f"n{i}": Node(f"n{i}", f"n{i}", "ReLU") for i in range(count)}
    wires = [Edge(Port(f"n{i}", "y"), Port(f"n{i + 1}", "x")) for i in range(count - 1)]

    def noted(before: dict[str, list[str]]) -> object:
        sorted_graphs.append(before)
        return TopologicalSorter(before)

    monkeypatch.setattr("workbench.core.graph.TopologicalSorter", noted)
    graph = Graph(nodes)
    for wire in reversed(wires) if backwards else wires:
        graph = AddEdge(wire, 0 if backwards else -1).apply(graph)
    assert not sorted_graphs
    assert list(graph.order) == list(nodes)
    with pytest.raises(GraphError, match="circle"):
        AddEdge(Edge(Port(f"n{count - 1}", "y"), Port("n0", "x"))).apply(graph)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("a", "c", True), ("c", "a", False), ("b", "b", True), ("d", "c", False), ("a", "e", True), ("e", "d", False)],
)
def test_what_feeds_what(first: str, second: str, expected: bool) -> None:
    names = "abcde"
    wires = [("a", "b"), ("b", "c"), ("b", "e"), ("d", "e")]
    edges = tuple(Edge(Port(a, "y"), Port(b, f"x.{number}")) for number, (a, b) in enumerate(wires))
    graph = Graph({name: Node(name, name, "Add") for name in names}, edges)
    assert graph.feeds(first, second) == expected

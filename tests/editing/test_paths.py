"""The way through a port: all that feeds it and all that it feeds, and nothing beside it."""

from __future__ import annotations

import pytest

from tests.graph_factories import drawn, line, picture, wired
from workbench.core.graph import Graph, Port
from workbench.editing.node_text import Side
from workbench.editing.paths import way_through


def forked() -> Graph:
    """image → a → add.x.0; image → b → add.x.1; add → out."""
    graph = line(picture(), ("a", "ReLU", {}), ("add", "Add", {}), ("out", "ReLU", {}), ("b", "ReLU", {}))
    edges = [edge for edge in graph.edges if "b" not in (edge.source.node, edge.target.node)]
    edges = [edge for edge in edges if edge.target.node != "add"]
    graph = Graph(graph.nodes, tuple(edges))
    for source, target in (("a.y", "add.x.0"), ("b.y", "add.x.1"), ("image.y", "b.x")):
        graph = wired(graph, source, target)
    return graph


@pytest.mark.parametrize(("side", "port", "nodes", "wires"), [
    ("in", Port("add", "x.0"), {"image", "a", "add", "out"}, 3),
    ("in", Port("add", "x.1"), {"image", "b", "add", "out"}, 3),
    ("out", Port("a", "y"), {"image", "a", "add", "out"}, 3),
    ("out", Port("image", "y"), {"image", "a", "b", "add", "out"}, 5),
    ("out", Port("out", "y"), {"image", "a", "b", "add", "out"}, 5),
])  # fmt: skip
def test_a_way_through_a_fork(side: Side, port: Port, nodes: set[str], wires: int) -> None:
    graph = forked()
    way = way_through(graph, side, port)
    assert way.nodes == nodes
    assert way.wires <= set(graph.edges)
    assert all({edge.source.node, edge.target.node} <= nodes for edge in way.wires)
    assert len(way.wires) == wires


@pytest.mark.parametrize("template", ["lenet5", "resnet18"])
def test_every_wire_of_a_network_is_on_the_way_through_its_own_port(template: str) -> None:
    graph = drawn(template)
    for edge in graph.edges:
        ways = [way_through(graph, "in", edge.target), way_through(graph, "out", edge.source)]
        for way in ways:
            assert edge in way.wires
            assert {edge.source.node, edge.target.node} <= way.nodes
        assert ways[0].wires <= set(graph.edges)


def test_a_free_input_has_no_way_before_it() -> None:
    graph = forked()
    way = way_through(graph, "in", Port("add", "x.2"))
    assert way.nodes == {"add", "out"}
    assert {edge.target.node for edge in way.wires} == {"out"}

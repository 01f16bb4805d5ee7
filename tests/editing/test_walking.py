"""The arrow keys go along the wires, and up and down to what is nearest there."""

from __future__ import annotations

import pytest

from tests.editing.arranging import arranged, row
from tests.graph_factories import drawn
from workbench.core.graph import Graph
from workbench.editing.walking import Direction, neighbour, next_box

PLACES = {"a": (0.0, 0.0), "b": (100.0, 0.0), "c": (100.0, 80.0), "d": (300.0, 20.0), "e": (0.0, 200.0)}
WIRES = [("a", "b"), ("a", "c"), ("c", "d"), ("b", "d"), ("a", "a")]


@pytest.mark.parametrize(("current", "direction", "there"), [
    ("a", "right", "b"),
    ("c", "right", "d"),
    ("d", "left", "b"),
    ("c", "left", "a"),
    ("d", "right", None),
    ("a", "left", None),
    ("b", "down", "c"),
    ("c", "up", "b"),
    ("a", "up", None),
    ("e", "down", None),
    ("a", "down", "e"),
    ("d", "up", "b"),
])  # fmt: skip
def test_the_next_box(current: str, direction: Direction, there: str | None) -> None:
    assert neighbour(PLACES, WIRES, current, direction) == there


def test_a_way_aside_is_worse_than_one_straight_on() -> None:
    places = {"a": (0.0, 0.0), "aside": (60.0, 50.0), "below": (0.0, 160.0)}
    assert neighbour(places, [], "a", "down") == "below"


def test_without_a_current_node_one_begins_at_the_first() -> None:
    here = arranged(row("a", "b"))
    assert next_box(here, None, "right") == "a"
    assert next_box(here, "gone", "left") == "a"
    assert next_box(arranged(Graph()), None, "up") is None


@pytest.mark.parametrize("template", ["lenet5", "vgg11"])
def test_a_chain_is_walked_to_its_end_and_back(template: str) -> None:
    graph = drawn(template, (3, 32, 32))
    here = arranged(graph)
    current = next(iter(graph.order))
    way = [current]
    while (key := next_box(here, current, "right")) is not None:
        current = here.boxes[key].ids[-1]
        way.append(current)
    assert len(set(way)) == len(way)
    assert graph.nodes[way[-1]].layer in ("CrossEntropyLoss", "Output")
    back = next_box(here, way[-1], "left")
    assert back == here.key_of(way[-2])


def test_wires_to_what_is_not_on_the_level_are_no_way() -> None:
    graph = row("a", "b", "c")
    here = arranged(graph, beside=("c",))
    assert next_box(here, "b", "right") is None
    assert next_box(here, "b", "left") == "a"

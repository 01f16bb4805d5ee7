"""What a typed text means: nodes, frames and layers, best first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.graph_factories import drawn
from workbench.core.frames import Frame
from workbench.core.graph import Graph
from workbench.editing.finding import frames_found, nodes_found, ranked
from workbench.layers.spec import REGISTRY


@pytest.mark.parametrize(("text", "names"), [
    ("", []),
    ("   ", []),
    ("conv1", ["conv1"]),
    ("CONV", ["conv1", "conv2"]),
    ("maxpool2d", ["pool1", "pool2"]),
    ("conv 2", ["conv2", "conv1"]),  # "2" is in Conv2d, too
    ("nothing like it", []),
    ("relu relu3", ["relu3"]),
])  # fmt: skip
def test_nodes_are_found_by_name_and_kind(text: str, names: list[str]) -> None:
    graph = drawn("lenet5")
    found = [graph.nodes[id_].name for id_ in nodes_found(graph, text)]
    assert sorted(found) == sorted(names)


def test_the_node_whose_name_it_is_comes_first_then_names_that_begin_so() -> None:
    graph = drawn("lenet5")
    order = ("conv1", "fc", "fc1", "x_fc")
    for name, new in zip(("conv1", "fc3", "fc1", "conv2"), order, strict=True):
        graph = graph.with_node(replace(graph.named(name), name=new))
    found = [graph.nodes[id_].name for id_ in nodes_found(graph, "fc")]
    assert found == ["fc", "fc1", "fc2", "x_fc"]


@pytest.mark.parametrize(("text", "ids"), [
    ("", []), ("stage", ["a", "b"]), ("stage TWO", ["b"]), ("read", ["a"]), ("one read", ["a"]), ("three", []),
])  # fmt: skip
def test_frames_are_found_by_title_and_text(text: str, ids: list[str]) -> None:
    graph = Graph(frames={"a": Frame("Stage one", "Read this"), "b": Frame("Stage two")})
    assert frames_found(graph, text) == ids


@pytest.mark.parametrize(("text", "best"), [
    ("conv2d", "Conv2d"), ("max pool2d", "MaxPool2d"), ("relu", "ReLU"), ("mxpl", "MaxPool2d"), ("lin", "Linear"),
    ("conv", "Conv2d"), ("adaptive max", "AdaptiveMaxPool2d"),
])  # fmt: skip
def test_layers_are_ranked(text: str, best: str) -> None:
    assert ranked(text)[0] == (best, REGISTRY[best])


def test_a_title_counts_as_well_as_a_name() -> None:
    for name, layer in REGISTRY.items():
        assert (name, layer) in ranked(layer.title)


def test_what_begins_so_comes_before_what_holds_it_and_its_letters_last() -> None:
    names = [name for name, _ in ranked("pool")]
    inside = [name for name in names if "pool" in name.lower() or "pool" in REGISTRY[name].title.lower()]
    assert names[: len(inside)] == inside
    assert ranked("zzz") == []


def test_of_equals_the_preferred_come_first() -> None:
    assert ranked("", ["ReLU"])[0][0] == "ReLU"
    assert ranked("conv", ["ConvTranspose2d"])[0][0] == "ConvTranspose2d"
    assert len(ranked("")) == len(REGISTRY)

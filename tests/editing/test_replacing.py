"""Another layer in a node's place: what fits of its wires and settings stays, and what goes is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editing.arranging import done, scattered
from tests.graph_factories import changed, drawn, line, picture, wired
from workbench.core.graph import GraphError
from workbench.editing.replacing import layers_instead, replaced
from workbench.model.shapes import infer


@pytest.mark.parametrize(("name", "layer", "called"), [
    ("relu1", "Tanh", "tanh1"), ("relu2", "Sigmoid", "sigmoid1"), ("pool1", "AvgPool2d", "pool1"),
])  # fmt: skip
def test_wires_stay_where_ports_fit(name: str, layer: str, called: str) -> None:
    graph = drawn("lenet5")
    id_ = graph.named(name).id
    made = replaced(graph, infer(graph), id_, layer)
    after = done(graph, [made.edit])
    assert made.text == f"Replace {name} by {layer}"
    assert after.edges == graph.edges
    assert after.nodes[id_].layer == layer
    assert after.nodes[id_].name.rstrip("0123456789") == called.rstrip("0123456789")


def test_a_name_that_a_person_gave_stays() -> None:
    graph = changed(drawn("lenet5"), "relu1", name="mine")
    id_ = graph.named("mine").id
    assert done(graph, [replaced(graph, infer(graph), id_, "Tanh").edit]).nodes[id_].name == "mine"


def test_settings_that_the_new_layer_has_stay_and_others_go() -> None:
    graph = drawn("lenet5")
    id_ = graph.named("conv1").id
    after = done(graph, [replaced(graph, infer(graph), id_, "MaxPool2d").edit])
    assert after.nodes[id_].params["kernel_size"] == 5
    assert "out_channels" not in after.nodes[id_].params


@pytest.mark.parametrize(("name", "layer"), [("relu", "Input"), ("relu", "Target")])
def test_wires_without_a_port_are_told(name: str, layer: str) -> None:
    graph = line(picture(), ("relu", "ReLU", {}), ("conv", "Conv2d", {}))
    made = replaced(graph, infer(graph), name, layer)
    assert made.lost == (graph.edges[0],)
    assert made.text.endswith("(1 wire goes: no port for it)")
    assert done(graph, [made.edit]).edges[0].source.node == "relu"


def test_the_same_layer_is_no_replacement() -> None:
    graph = replace(drawn("lenet5"))
    with pytest.raises(GraphError, match="relu1 is a ReLU already"):
        replaced(graph, infer(graph), graph.named("relu1").id, "ReLU")


def test_layers_that_fit_come_with_their_own_group_first() -> None:
    graph = drawn("lenet5")
    fitting, others = layers_instead(graph, infer(graph), graph.named("relu1").id)
    assert not set(fitting) & set(others)
    assert {"Tanh", "Sigmoid", "Identity"} <= set(fitting)
    assert {"Linear", "Input", "CrossEntropyLoss"} & set(others)
    assert "ReLU" not in [*fitting, *others]
    assert fitting.index("Tanh") < fitting.index("Identity")


@pytest.mark.parametrize(
    ("layer", "kept"), [("Conv1d", False), ("BatchNorm1d", False), ("ConvTranspose2d", True), ("MaxPool2d", False)]
)
def test_initialisers_stay_where_the_weights_have_as_many_axes(layer: str, kept: bool) -> None:
    graph = line(picture(), ("conv", "Conv2d", {"out_channels": 4}))
    graph = changed(graph, "conv", init={"weight": {"name": "zeros"}})
    after = done(graph, [replaced(graph, infer(graph), "conv", layer).edit])
    assert bool(after.nodes["conv"].init) == kept


def test_a_merge_that_becomes_a_plain_layer_loses_its_second_wire() -> None:
    graph = scattered(picture(), ("a", "ReLU", {}), ("add", "Add", {}))
    for source, target in (("image.y", "a.x"), ("image.y", "add.x.0"), ("a.y", "add.x.1")):
        graph = wired(graph, source, target)
    made = replaced(graph, infer(graph), "add", "ReLU")
    assert made.lost == (graph.edges[2],)
    after = done(graph, [made.edit])
    assert [edge.target.name for edge in after.edges] == ["x", "x"]
    assert done(after, [replaced(after, infer(after), "add", "Concat").edit]).incoming[after.nodes["add"].id]
    fitting, others = layers_instead(graph, infer(graph), "add")
    assert "Concat" in fitting
    assert "ReLU" in others


def test_a_setting_that_the_new_layer_refuses_goes() -> None:
    graph = line(picture(), ("pool", "MaxPool2d", {"kernel_size": "wide", "padding": 1}))
    after = done(graph, [replaced(graph, infer(graph), "pool", "Conv2d").edit])
    assert dict(after.nodes["pool"].params) == {"padding": 1}

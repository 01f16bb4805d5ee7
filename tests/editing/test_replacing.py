"""Another layer in a node's place: what fits of its wires and settings stays, and what goes is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editing.arranging import done
from tests.graph_factories import changed, drawn, line, picture
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

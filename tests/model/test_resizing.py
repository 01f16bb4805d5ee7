"""The same network for pictures of another size."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.graph_factories import default
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.model.network import Network
from workbench.model.plan import make_plan
from workbench.model.resizing import RESULT, resized
from workbench.model.shapes import infer
from workbench.project.templates.spec import GraphBuilder, Samples


def small(*, ends_flat: bool = False) -> tuple[Graph, Port]:
    """A convolution with its loss; on request a Linear and what makes a picture of it again."""
    builder = GraphBuilder(Samples((1, 12, 12)))
    image = builder.image()
    port = builder.add("Conv2d", "conv", image, out_channels=3)
    if ends_flat:
        flat = builder.add("Linear", "fc", builder.add("Flatten", "flatten", port), out_features=144)
        port = builder.add("Unflatten", "picture", flat, unflattened_size=(1, 12, 12))
    else:
        port = builder.add("Conv2d", "back", port, out_channels=1)
    builder.add("MSELoss", "loss", port, image)
    return builder.graph(), port


def test_only_the_way_to_the_port_stays_with_its_weights() -> None:
    graph, port = small()
    part = resized(graph, port, (30, 17))
    assert {node.name for node in part} == {"image", "conv", "back", RESULT}
    assert infer(part).values[port].shape == (1, 30, 17)
    whole, same = Network(graph).modules.state_dict(), Network(part).modules.state_dict()
    assert {key: each.shape for key, each in same.items()} == {key: each.shape for key, each in whole.items()}
    assert graph.named("image").params["shape"] == [1, 12, 12], "the network itself stays as it was"


def test_any_port_can_be_the_result() -> None:
    graph = default("denoiser")
    port = Port(graph.named("layer1").id, "reconstruction")
    part = resized(graph, port, (40, 60))
    assert make_plan(part, "predict").results == {RESULT: port}


def test_a_layer_that_has_weights_for_one_size_is_named() -> None:
    graph, port = small(ends_flat=True)
    with pytest.raises(UsageError, match="fc has weights for pictures of 12×12 pixels alone, so none of 30×17 can be"):
        resized(graph, port, (30, 17))
    assert infer(resized(graph, port, (12, 12))).values[port].shape == (1, 12, 12)


def test_a_layer_that_refuses_the_size_is_named() -> None:
    builder = GraphBuilder(Samples((1, 28, 28)))
    port = builder.add("Conv2d", "conv", builder.image(), kernel_size=9, padding=0)
    with pytest.raises(UsageError, match="At 5×40 pixels conv "):
        resized(builder.graph(), port, (5, 40))


def test_an_owner_of_shared_weights_comes_along() -> None:
    builder = GraphBuilder(Samples((1, 12, 12)))
    image = builder.image()
    owner = builder.add("Conv2d", "owner", image, out_channels=1)
    port = builder.add("Conv2d", "borrower", image, out_channels=1)
    graph = builder.graph()
    graph = graph.with_node(replace(graph.nodes[port.node], share_with=owner.node))
    assert {node.name for node in resized(graph, port, (20, 20))} == {"image", "owner", "borrower", RESULT}


def test_a_network_of_several_inputs_is_refused() -> None:
    builder = GraphBuilder(Samples((1, 12, 12)))
    other = builder.add("Input", "other", field="other", shape=(1, 12, 12))
    port = builder.add("Add", "sum", builder.image(), other)
    with pytest.raises(UsageError, match="takes one picture, and nothing else"):
        resized(builder.graph(), port, (20, 20))


def test_a_network_of_vectors_is_refused() -> None:
    builder = GraphBuilder(Samples((5,)))
    port = builder.add("Linear", "fc", builder.add("Input", "image", field="image", shape=(5,), kind="vector"))
    with pytest.raises(UsageError, match="takes 5, which is no picture"):
        resized(builder.graph(), port, (20, 20))

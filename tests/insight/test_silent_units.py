"""Units that do not fire send nothing back, and it is said; scores send 1 whatever their sign."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from workbench.core.graph import Graph, Port
from workbench.insight.backproject import backproject
from workbench.insight.spec import REGISTRY, Picture, ViewContext
from workbench.insight.tiling import png
from workbench.insight.units import UnitDetail, inspect_unit
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples

BIASES = {"conv": [-100.0, 0.5, -100.0, 0.1], "hidden": [-50.0, 5.0, 9.0, -50.0, 9.0], "scores": [-90.0, -95.0, 90.0]}


def small(channels: int = 1, *, end: str = "CrossEntropyLoss") -> tuple[Graph, Network]:
    """A convolution, a hidden layer and three outputs, some of them far below zero whatever comes in."""
    builder = GraphBuilder(Samples((channels, 8, 9), scores=3))
    port = builder.add("Conv2d", "conv", builder.image(), out_channels=4, kernel_size=3)
    port = builder.add("Flatten", "flat", builder.add("ReLU", "relu", port))
    port = builder.add("ReLU", "rectified", builder.add("Linear", "hidden", port, out_features=5))
    port = builder.add("Linear", "scores", port, out_features=3)
    if end == "Softmax":
        builder.add("Output", "shares", builder.add("Softmax", "softmax", port))
    elif end == "Output":
        builder.add("Output", "out", port)
    else:
        params = {"kind": "class"} if end == "CrossEntropyLoss" else {"kind": "vector", "shape": [3]}
        builder.add(end, "loss", port, builder.add("Target", "label", field="label", **params))
    graph = builder.graph()
    network = Network(graph, seed=4)
    for name, bias in BIASES.items():
        network.modules.get_submodule(name).get_parameter("bias").data = torch.tensor(bias)
    return graph, network


def scene(graph: Graph, network: Network, name: str, channels: int = 1) -> ViewContext:
    generator = torch.Generator().manual_seed(2)
    return ViewContext(
        network, graph, graph.named(name).id, {"image": torch.rand(1, channels, 8, 9, generator=generator)}
    )


def rendered(name: str, channels: int = 1, end: str = "CrossEntropyLoss") -> Picture:
    return REGISTRY["deconvnet"].render(scene(*small(channels, end=end), name, channels))


def close(name: str, unit: int, end: str = "CrossEntropyLoss", position: tuple[int, int] | None = None) -> UnitDetail:
    detail = inspect_unit(scene(*small(end=end), name), unit, position)
    assert detail is not None
    return detail


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "silent"), [("conv", {0, 2}), ("relu", {0, 2}), ("hidden", {0, 3}), ("rectified", {0, 3})]
)
def test_what_does_not_fire_is_neutral_and_marked(name: str, silent: set[int], channels: int) -> None:
    picture = rendered(name, channels)
    dark = {unit for unit in picture.units if not picture.values[unit].any()}
    assert dark >= silent
    assert {unit for unit in picture.units if picture.caption(unit) == f"{unit} –"} == silent
    assert "2 of " in picture.note
    assert "do not fire for this picture" in picture.note
    for unit in silent:
        assert len(np.unique(picture.tiles[unit].reshape(-1, 3), axis=0)) == 1
    assert png(picture, "deconvnet of conv")


@pytest.mark.parametrize("end", ["CrossEntropyLoss", "MSELoss", "Softmax"])
def test_a_score_sends_one_whatever_its_sign(end: str) -> None:
    graph, network = small(end=end)
    looked = scene(graph, network, "scores")
    picture = REGISTRY["deconvnet"].render(looked)
    one_hot = backproject(network, graph, looked.fields, Port(looked.node, "y"), torch.eye(3))
    assert np.allclose(picture.values, one_hot.numpy(), atol=1e-7)
    assert picture.values[:2].any(), "the first two are negative"
    assert picture.captions == ("0", "1", "2")
    assert "1 is sent back from each score" in picture.note
    detail = close("scores", 0, end)
    assert detail.fires
    assert detail.down_values is not None
    assert np.allclose(detail.down_values, one_hot[0].numpy(), atol=1e-7)


def test_an_output_that_nothing_compares_is_a_unit_like_others() -> None:
    picture = rendered("scores", end="Output")
    assert picture.captions[:2] == ("0 –", "1 –")
    assert "2 of 3 units, marked –, do not fire" in picture.note


def test_a_unit_looked_at_closely_says_whether_it_fires() -> None:
    detail = close("conv", 2)
    assert not detail.fires
    assert detail.down_values is not None
    assert not detail.down_values.any()
    assert close("conv", 1).fires
    assert not close("hidden", 3).fires
    somewhere = close("conv", 3)
    lowest = divmod(int(somewhere.values.argmin()), somewhere.values.shape[1])
    assert somewhere.values[lowest] < 0 < somewhere.strongest
    assert not close("conv", 3, position=lowest).fires

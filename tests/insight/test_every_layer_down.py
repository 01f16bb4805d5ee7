"""The way down through every layer that takes a picture: a new layer is held to it without a change here."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.insight.test_backproject import CONV, EXACT, drawn, network_of, sample
from workbench.core.values import Value
from workbench.insight.backproject import backproject
from workbench.insight.probe import activations
from workbench.insight.spots import seeds_of, strongest_spots
from workbench.insight.way_down import WayDown
from workbench.layers.spec import REGISTRY, Layer, ShapeError

WIDTH = 8  # of the convolution before the layer: what groups and heads share


def takes_pictures(cls: type[Layer]) -> bool:
    """Whether it computes from one map alone, with the settings that it begins with."""
    takes_one = [port.variadic for port in cls.inputs] == [False] and not cls.is_loss and bool(cls.output_ports)
    if not takes_one or (cls.inputs[0].kinds and "map" not in cls.inputs[0].kinds):
        return False
    if cls.inputs[0].axes and 3 not in cls.inputs[0].axes:
        return False
    try:
        given = cls().outputs(Value((WIDTH, 12, 12)))
    except ShapeError:
        return False
    return given[cls.output_ports[0]].dtype == "float32" and not cls.inputs[0].training_only


LAYERS = [name for name, cls in REGISTRY.items() if takes_pictures(cls)]


def test_there_are_some() -> None:
    assert {"ReLU", "GLU", "BatchNorm2d", "AvgPool2d", "GroupNorm", "MultiheadAttention"} <= set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_windows_give_what_whole_maps_give_and_a_product_is_autograds(name: str) -> None:
    positive: list[tuple[str, dict[str, Any]]] = [("Exp", {})] if REGISTRY[name].inputs[0].positive else []
    graph, ports = drawn(("Conv2d", CONV[1] | {"out_channels": WIDTH}), *positive, (name, {}), shape=(2, 12, 12))
    network, fields = network_of(graph), sample((2, 12, 12))
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    spots = strongest_spots(activation, range(min(3, activation.shape[1])), are_scores=True)
    seeds = seeds_of(spots, activation)
    whole = backproject(network, graph, fields, ports[-1], seeds)
    ways = WayDown(network, graph, fields, ports[-1], {})
    torch.testing.assert_close(ways.down(spots), whole, rtol=1e-10, atol=1e-12)
    assert whole.abs().sum() > 0
    if REGISTRY[name].deconvnet == "vjp":
        torch.testing.assert_close(whole, backproject(network, graph, fields, ports[-1], seeds, "gradient"), **EXACT)

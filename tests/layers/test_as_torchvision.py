"""Layers that torchvision has and torch has not: the same numbers, drawn and learnt."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models.convnext import LayerNorm2d as TheirLayerNorm2d
from torchvision.ops import StochasticDepth as TheirStochasticDepth

from tests.insight.test_backproject import drawn, network_of, sample
from workbench.core.values import Value
from workbench.layers.layer_norm2d import LayerNorm2d
from workbench.layers.normalize import Normalize
from workbench.layers.stochastic_depth import StochasticDepth
from workbench.model.source import python_source

MAP = Value((6, 5, 4))


def built(layer: LayerNorm2d | Normalize | StochasticDepth) -> nn.Module:
    return layer.module(MAP).build().double()


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.25, 0.75])
def test_stochastic_depth_draws_as_torchvisions(mode: str, p: float) -> None:
    ours = built(StochasticDepth.model_validate({"p": p, "mode": mode}))
    theirs = TheirStochasticDepth(p, mode)
    x = torch.randn(9, *MAP.shape, dtype=torch.float64)
    given = []
    for module in (ours, theirs):
        torch.manual_seed(3)
        given.append(module(x))
    torch.testing.assert_close(given[0], given[1], rtol=1e-15, atol=0)
    assert StochasticDepth.from_module(theirs) == StochasticDepth.model_validate({"p": p, "mode": mode})
    assert ours.eval()(x) is x


@pytest.mark.parametrize("eps", [1e-6, 1e-3])
def test_layer_norm_of_channels_is_torchvisions_with_its_weights(eps: float) -> None:
    theirs = TheirLayerNorm2d(MAP.channels, eps=eps).double()
    for weight in theirs.parameters():
        nn.init.normal_(weight)
    layer = LayerNorm2d.from_module(theirs)
    assert layer == LayerNorm2d(eps=eps)
    ours = layer.module(MAP).build().double()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(3, *MAP.shape, dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(x), rtol=0, atol=0)


@pytest.mark.parametrize(("p", "dim"), [(2.0, 1), (1.0, -1), (3.0, 2)])
def test_lengths_are_one_along_the_axis(p: float, dim: int) -> None:
    y = built(Normalize(p=p, dim=dim))(torch.randn(3, *MAP.shape, dtype=torch.float64))
    lengths = y.abs().pow(p).sum(dim)
    torch.testing.assert_close(lengths, torch.ones_like(lengths))


def test_exported_code_computes_the_same_and_says_each_class_once() -> None:
    layers = ("Conv2d", "LayerNorm2d", "StochasticDepth", "Normalize", "LayerNorm2d")
    graph, _ = drawn(*[(name, {}) for name in layers], shape=(2, 8, 9))
    source = python_source(graph, "net.safetensors")
    assert source.count("class LayerNorm2d(") == source.count("class UnitLength(") == 1
    names: dict[str, type[nn.Module]] = {}
    exec(compile(source, "exported", "exec"), names)
    exported, network = names["Network"]().double().eval(), network_of(graph)
    exported.load_state_dict(network.modules.state_dict())
    image = sample((2, 8, 9))
    theirs, ours = exported(image["image"]), next(iter(network.predict(image).values()))
    torch.testing.assert_close(theirs if torch.is_tensor(theirs) else next(iter(theirs.values())), ours)

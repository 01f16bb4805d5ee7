"""Views of deconvolutional networks: what codes draw is what filters and switches say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.graph_factories import default
from workbench.core.graph import Graph, Port
from workbench.insight.probe import activations
from workbench.insight.sparse import drawn, layers_down, picture_below
from workbench.insight.spec import REGISTRY, Picture, ViewContext
from workbench.insight.units import inspect_unit
from workbench.insight.views.projections import cropped
from workbench.insight.views.rate_distortion import curves
from workbench.layers.sparse_code2d.module import SparseCode2d, sparse_synthesis
from workbench.model.network import Network
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples

SIZE = 24


def scene_of(template: str, node: str, **changes: Any) -> ViewContext:
    """A template's network with a sample, looked at from a node."""
    builder = GraphBuilder(Samples((1, SIZE, SIZE)))
    TEMPLATES[template]().build(builder)
    graph = builder.graph()
    network = Network(graph, seed=2)
    for name, value in changes.items():
        for module in network.modules.modules():
            if isinstance(module, SparseCode2d):
                setattr(module, name, value)
    picture = torch.rand(1, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(4))
    return ViewContext(network, graph, graph.named(node).id, {"image": picture})


def codes_of(context: ViewContext, node: str) -> Tensor:
    port = Port(context.graph.named(node).id, "codes")
    return activations(context.network, context.fields, frozenset({port}))[port]


def weight(context: ViewContext, node: str) -> Tensor:
    module = context.network.modules.get_submodule(node)
    assert isinstance(module, SparseCode2d)
    return module.filters().detach()


def rendered(context: ViewContext, view: str) -> Picture:
    return REGISTRY[view].render(context)


def name_all(graph: Graph, ids: tuple[str, ...]) -> list[str]:
    return [graph.nodes[id_].name for id_ in ids]


@pytest.mark.parametrize("template", ["deconv2", "deconv4"])
def test_layers_and_picture_below_a_node(template: str) -> None:
    graph = default(template)
    assert name_all(graph, layers_down(graph, graph.named("layer2").id)) == ["layer1", "layer2"]
    assert name_all(graph, layers_down(graph, graph.named("layer1").id)) == ["layer1"]
    for node in ("layer1", "layer2"):
        assert picture_below(graph, graph.named(node).id) == Port(graph.named("contrast").id, "y")


def test_codes_of_two_layers_are_drawn_by_both_banks_of_filters() -> None:
    context = scene_of("deconv2", "layer2")
    signal = torch.randn(3, *codes_of(context, "layer2").shape[1:], generator=torch.Generator().manual_seed(1))
    expected = sparse_synthesis(sparse_synthesis(signal, weight(context, "layer2")), weight(context, "layer1"))
    torch.testing.assert_close(drawn(context, context.node, signal), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("node", ["layer1", "layer2", "layer3", "layer4"])
def test_codes_of_2011_draw_the_layers_own_reconstruction(node: str) -> None:
    context = scene_of("deconv4", node, lam=20.0)
    port = Port(context.node, "reconstruction")
    expected = activations(context.network, context.fields, frozenset({port}))[port]
    assert float(expected.abs().max()) > 0
    torch.testing.assert_close(drawn(context, context.node, codes_of(context, node)), expected, rtol=1e-4, atol=1e-5)


def test_a_projection_is_the_strongest_code_of_its_feature_alone() -> None:
    context = scene_of("deconv2", "layer1")
    codes = codes_of(context, "layer1")[0]
    picture = rendered(context, "projections")
    assert picture.values.shape == (9, 1, 7, 7)
    for unit in range(9):
        strongest = codes[unit].flatten()[int(codes[unit].abs().argmax())]
        pattern = (weight(context, "layer1")[unit] * strongest).numpy()
        found = picture.values[unit]
        edge = np.abs(found).max(axis=0) > 0
        if edge.all():  # not cut off by the border of the picture
            assert np.allclose(found, pattern, atol=1e-5)
        assert np.sign(found.flatten()[np.abs(found).argmax()]) == np.sign(
            pattern[np.isclose(np.abs(pattern), np.abs(found).max(), atol=1e-5)][0]
        )


def test_a_feature_that_is_not_used_is_told() -> None:
    context = scene_of("deconv2", "layer1", lam=1e-6)
    picture = rendered(context, "projections")
    assert "9 of 9 features are not used" in picture.note
    assert not picture.values.any()


def test_a_crop_keeps_all_that_is_not_zero() -> None:
    pictures = np.zeros((3, 1, 10, 12), np.float32)
    pictures[0, 0, 0:2, 0:3] = 1  # in a corner
    pictures[1, 0, 4:9, 5:9] = 2
    parts = cropped(pictures)
    assert parts.shape == (3, 1, 5, 4)
    assert parts.sum(axis=(1, 2, 3)).tolist() == [6, 40, 0]


def test_reconstructions_are_the_picture_each_layer_and_the_rest() -> None:
    context = scene_of("deconv4", "layer2", lam=20.0)
    picture = rendered(context, "reconstructions")
    original, first, second, rest = picture.values
    assert [caption.split()[0] for caption in picture.captions] == ["picture", "layer1", "layer2", "left"]
    assert np.allclose(original - second, rest, atol=1e-6)
    port = Port(context.graph.named("layer1").id, "reconstruction")
    expected = activations(context.network, context.fields, frozenset({port}))[port][0]
    assert np.allclose(first, expected, atol=1e-4)
    error = np.square(original - second).sum()
    decibels = 10 * np.log10(np.square(original).sum() / error)
    assert picture.captions[2] == f"layer2 {decibels:.1f} dB"
    assert picture.low == -picture.high == pytest.approx(-np.abs(picture.values).max())


@pytest.mark.parametrize(("template", "node"), [("deconv2", "layer1"), ("deconv4", "layer2")])
def test_more_weight_on_the_picture_costs_more_codes_and_draws_better(template: str, node: str) -> None:
    context = scene_of(template, node)
    before = {key: value.clone() for key, value in context.network.modules.state_dict().items()}
    for curve in curves(context):
        assert list(curve.rates) == sorted(curve.rates)
        assert curve.rates[-1] > curve.rates[0]
        assert curve.decibels[-1] > curve.decibels[0]
    after = context.network.modules.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())


def test_captions_stand_under_the_tiles() -> None:
    picture = rendered(scene_of("deconv2", "layer1"), "reconstructions")
    assert picture.caption(0) == "picture"
    assert rendered(scene_of("deconv2", "layer1"), "projections").caption(3) == "3"


def test_a_unit_of_codes_is_strong_by_their_size_and_draws_with_either_sign() -> None:
    context = scene_of("deconv2", "layer1", lam=2.0)
    codes = codes_of(context, "layer1")[0].numpy()
    lowest = codes.reshape(len(codes), -1).argmin(1)
    negative = [unit for unit, at in enumerate(lowest) if -codes[unit].min() > codes[unit].max()]
    assert negative, "no unit of this network has its strongest code below zero"
    unit = negative[0]
    detail = inspect_unit(context, unit)
    assert detail is not None
    assert detail.strongest == float(codes[unit].min()) < 0
    assert detail.position == detail.best == divmod(int(lowest[unit]), codes.shape[2])
    assert detail.fires
    assert detail.down_values is not None
    assert detail.down_values.any()

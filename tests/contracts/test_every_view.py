"""Every view: it says what it is, works on every node that it claims, and leaves the network as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.graph_factories import default
from workbench.cli.app import views
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.insight.spec import REGISTRY, ViewContext
from workbench.layers.spec import find
from workbench.model.network import Network
from workbench.model.shapes import infer
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples

SMALL = ("lenet5", "lenet5-1998", "small-resnet", "autoencoder", "dcign32", "vae32", "deconv2", "deconv4", "denoiser")


EVERYWHERE = ("filters", "feature-maps", "deconvnet")  # what every network has something to show of


def drawn(template: str, channels: int) -> Graph:
    builder = GraphBuilder(Samples((channels, 28, 28), classes=("a", "b", "c"), scores=3))
    TEMPLATES[template]().build(builder)
    graph = builder.graph()
    for node in graph:
        cls = find(node.layer)
        if cls is not None and "iterations" in cls.model_fields:  # how well it searches is no matter
            graph = graph.with_node(replace(node, params={**node.params, "iterations": 2}))
    return graph


@pytest.mark.parametrize("name", REGISTRY)
def test_it_has_something_to_show_of_some_template(name: str) -> None:
    for template in TEMPLATES:
        shapes = infer(default(template))
        firsts = [
            (layer, Port(id_, layer.output_ports[0])) for id_, layer in shapes.layers.items() if layer.output_ports
        ]
        if any(REGISTRY[name].applies_to(layer, shapes.values[port]) for layer, port in firsts):
            return
    pytest.fail(f"{name} shows nothing of any template")


@pytest.mark.parametrize("name", REGISTRY)
def test_it_says_what_it_is(name: str) -> None:
    view = REGISTRY[name]
    assert view.name == name
    assert view.title[:1].isupper()
    assert (view.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("template", SMALL)
@pytest.mark.parametrize("name", REGISTRY)
def test_it_works_on_every_node_that_it_claims(name: str, template: str, channels: int) -> None:
    view, graph = REGISTRY[name], drawn(template, channels)
    network, shapes = Network(graph), infer(graph)
    network.set_training(True)
    before = {key: value.clone() for key, value in network.modules.state_dict().items()}
    fields = {"image": torch.rand(1, channels, 28, 28, generator=torch.Generator().manual_seed(0))}
    claimed = 0
    for port in network.predict_ports:
        layer, value = shapes.layers[port.node], shapes.values[port]
        if port.name != layer.output_ports[0] or not view.applies_to(layer, value):
            continue
        claimed += 1
        picture = view.render(ViewContext(network, graph, port.node, fields, most=5))
        assert picture.tiles.dtype == np.uint8
        assert picture.tiles.ndim == 4
        assert picture.tiles.shape[3] == 3
        assert len(picture.tiles) == len(picture.units) == len(picture.values) <= 5
        assert np.isfinite(picture.values).all()
        assert picture.note
        with pytest.raises(UsageError, match="so there is no unit 99999"):
            view.render(ViewContext(network, graph, port.node, fields, units=(99_999,)))
    assert claimed > 0 or name not in EVERYWHERE
    assert all(torch.equal(before[key], value) for key, value in network.modules.state_dict().items())
    assert all(module.training for module in network.modules.modules())


@pytest.mark.parametrize("name", REGISTRY)
def test_it_is_a_file_of_its_own(name: str) -> None:
    module = REGISTRY[name].__module__.rpartition(".")[2]
    assert module == name.replace("-", "_"), "the help of `look` finds views by their files"


def test_the_help_of_look_names_all_views() -> None:
    assert views() == sorted(REGISTRY)

"""Sparse coding in drawn networks: what is refused, how it learns there, and that exported code computes the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.graph_factories import line, picture, wired
from workbench.core.graph import Graph, Node
from workbench.core.values import Value
from workbench.layers.deep_sparse_code2d import DeepSparseCode2d
from workbench.layers.sparse_code2d import SparseCode2d
from workbench.layers.spec import ShapeError, SuggestParam
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import infer
from workbench.model.source import python_source

POOLING: dict[str, Any] = {"solver": "ista", "pool": 2, "pool_maps": 2, "iterations": 5}


def deconvolutional() -> Graph:
    """Two layers as of 2011: both reconstruct the normalised picture, the second one through the first."""
    graph = line(
        picture((1, 16, 16)),
        ("lcn", "LocalContrastNorm", {"kernel_size": 5, "sigma": 1.5}),
        ("layer1", "SparseCode2d", {"out_channels": 4, "kernel_size": 5, **POOLING}),
    )
    more = [
        Node("layer2", "layer2", "DeepSparseCode2d", {"out_channels": 6, "kernel_size": 3, **POOLING}),
        Node("pooled", "pooled", "MaxPool3dSwitches", {}),
        *(Node(name, name, "MSELoss", {"reduction": "sum"}) for name in ("error1", "error2")),
        *(Node(name, name, "SparsityLoss", {"reduction": "sum"}) for name in ("sparsity1", "sparsity2")),
        *(Node(name, name, "Output", {}) for name in ("drawn", "code")),
    ]
    graph = replace(graph, nodes={**graph.nodes, **{node.id: node for node in more}})
    wires = [("lcn.y", "layer2.x"), ("layer1.synthesis", "layer2.below"), ("layer2.codes", "pooled.x")]
    wires += [("layer2.reconstruction", "drawn.x"), ("pooled.y", "code.x")]
    for number in (1, 2):
        wires += [(f"layer{number}.reconstruction", f"error{number}.prediction"), ("lcn.y", f"error{number}.target")]
        wires += [(f"layer{number}.codes", f"sparsity{number}.codes")]
    for source, target in wires:
        graph = wired(graph, source, target)
    return graph


def batch() -> dict[str, torch.Tensor]:
    return {"image": torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))}


def test_shapes_of_a_deconvolutional_network() -> None:
    graph = deconvolutional()
    assert find_problems(graph, purpose="train") == []
    of = {f"{graph.nodes[port.node].name}.{port.name}": value for port, value in infer(graph).values.items()}
    assert of["layer1.codes"].shape == (4, 20, 20)
    assert of["layer1.synthesis"] == Value((2, 10, 10), "synthesis", unpooled=(1, 16, 16))
    assert of["layer2.codes"].shape == (6, 12, 12)
    assert of["layer2.reconstruction"].shape == (1, 16, 16)
    assert of["pooled.y"].shape == of["layer2.synthesis"].shape == (3, 6, 6)


def test_its_layers_learn_by_their_own_rule() -> None:
    network = Network(deconvolutional())
    network.set_training(True)
    assert dict(network.named_parameters()) == {}, "nothing is left to an optimiser"
    assert network.trained() == 4 * 25 + 6 * 2 * 9
    losses = []
    for _ in range(15):
        network.begin_batch(torch.arange(3))
        output = network.train_batch(batch())
        losses.append({name: float(loss.detach()) for name, loss in output.losses.items()})
        network.end_step()
    for name in ("error1", "error2"):
        assert losses[-1][name] < 0.9 * losses[0][name]


def test_a_frozen_layer_stands_still() -> None:
    graph = deconvolutional()
    network = Network(graph.with_node(replace(graph.named("layer1"), frozen=True)))
    network.set_training(True)
    before = {name: tensor.clone() for name, tensor in network.modules.state_dict().items()}
    network.begin_batch(torch.arange(3))
    network.train_batch(batch())
    network.end_step()
    after = network.modules.state_dict()
    assert torch.equal(after["layer1.weight"], before["layer1.weight"])
    assert not torch.equal(after["layer2.weight"], before["layer2.weight"])


def test_exported_code_computes_the_same() -> None:
    graph = deconvolutional()
    network = Network(graph)
    network.set_training(False)
    namespace: dict[str, Any] = {}
    exec(python_source(graph, "w.safetensors"), namespace)
    exported = namespace["Network"]().eval()
    exported.load_state_dict(network.modules.state_dict())
    expected, found = network.predict(batch()), exported(batch()["image"])
    for name in ("drawn", "code"):
        assert torch.equal(found[name], expected[name])
        assert expected[name].abs().sum() > 0


def refusal(layer: SparseCode2d | DeepSparseCode2d, *values: Value) -> ShapeError:
    with pytest.raises(ShapeError) as caught:
        layer.outputs(*values)
    return caught.value


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ({"pool": 2}, SuggestParam("solver", "ista")),
        ({"pool_maps": 2, "solver": "published"}, SuggestParam("solver", "ista")),
        ({"p": 0.8}, SuggestParam("solver", "published")),
        ({"solver": "ista", "pool_maps": 3}, SuggestParam("pool_maps", 2)),
        ({"solver": "ista", "pool": 15}, SuggestParam("pool", 14)),
        ({"connectivity": "singles"}, SuggestParam("out_channels", 4)),
        ({"connectivity": "doubles"}, SuggestParam("out_channels", 6)),
        ({"connectivity": "singles_doubles"}, SuggestParam("out_channels", 10)),
        ({"connectivity": "singles_doubles_triples", "out_channels": 9}, SuggestParam("out_channels", 10)),
    ],
)
def test_settings_that_do_not_go_together_are_refused_with_a_fix(settings: dict[str, Any], fix: SuggestParam) -> None:
    layer = SparseCode2d(**settings)
    assert refusal(layer, Value((4, 8, 9))).fixes[0] == fix
    mended = SparseCode2d(**{**settings, fix.param: fix.value})
    assert mended.outputs(Value((4, 8, 9)))["codes"].shape == (mended.out_channels, 14, 15)


@pytest.mark.parametrize(("connectivity", "fewest"), [("doubles", 2), ("random_doubles", 2), ("random_mixed", 3)])
def test_pairs_and_triples_need_as_many_maps(connectivity: str, fewest: int) -> None:
    error = refusal(SparseCode2d(connectivity=connectivity), Value((fewest - 1, 8, 8)))
    assert f"needs at least {fewest} maps" in str(error)
    assert error.fixes == (SuggestParam("connectivity", "full"),)


def test_a_higher_layer_needs_the_picture_that_the_layers_below_draw() -> None:
    below = Value((2, 10, 10), "synthesis", unpooled=(1, 16, 16))
    error = refusal(DeepSparseCode2d(), Value((2, 10, 10)), below)
    assert "gets a picture of 2×10×10, but the layers below draw 1×16×16" in str(error)
    assert DeepSparseCode2d().outputs(Value((1, 16, 16)), below)["codes"].shape == (16, 16, 16)

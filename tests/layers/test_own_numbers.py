"""Numbers of a network's own, products of matrices and functions of values: learnt, counted, exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.convnext import CNBlock
from torchvision.models.swin_transformer import PatchMerging

from tests.insight.test_backproject import drawn, network_of, sample
from workbench.core.graph import Graph, Port
from workbench.core.graph_edits import connect
from workbench.core.values import Value
from workbench.insight.backproject import backproject
from workbench.insight.probe import activations
from workbench.insight.spots import seeds_of, strongest_spots
from workbench.insight.way_down import WayDown
from workbench.layers.constant import Constant
from workbench.layers.exp import Exp
from workbench.layers.log import Log
from workbench.layers.matmul import MatMul
from workbench.layers.neg import Neg
from workbench.layers.parameter import Parameter
from workbench.layers.permute import Permute
from workbench.layers.power import Power
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.sqrt import Sqrt
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.receptive_fields import receptive_fields
from workbench.model.source import python_source
from workbench.project.templates.spec import GraphBuilder, Samples

MAP = Value((3, 5, 7))


def exported(graph: Graph, network: Network) -> nn.Module:
    """The network as the Python file computes it, with the same weights."""
    names: dict[str, type[nn.Module]] = {}
    exec(compile(python_source(graph, "net.safetensors"), "exported", "exec"), names)
    module = names["Network"]().double().eval()
    module.load_state_dict(network.modules.state_dict())
    return module


def only(found: Any) -> Tensor:
    tensor: Tensor = found if torch.is_tensor(found) else next(iter(found.values()))
    return tensor


def with_numbers(kind: str, **params: Any) -> tuple[Graph, Port]:
    """A picture and numbers of the network's own, joined channel by channel, for which the batches must agree."""
    builder = GraphBuilder(Samples((2, 6, 6), scores=3))
    numbers = builder.add(kind, "own", shape=[1, 6, 6], kind="map", **params)
    both = builder.add("Concat", "both", builder.image(), numbers)
    fc = builder.add("Linear", "fc", builder.add("Flatten", "flat", both), out_features=3)
    builder.classify(fc)
    return builder.graph(), both


def test_a_parameter_is_as_many_as_the_batch_and_learns() -> None:
    graph, both = with_numbers("Parameter", initial="normal", std=0.5)
    assert find_problems(graph) == []
    network = Network(graph, seed=3)
    value = dict(network.named_parameters())["own.value"]
    assert value.shape == (1, 6, 6)
    assert 0.2 < float(value.detach().std()) < 0.8
    fields = {"image": torch.rand(4, 2, 6, 6), "label": torch.randint(3, (4,))}
    joined = activations(network, {"image": fields["image"]}, frozenset({both}))[both]
    assert torch.equal(joined[:, 2:], value.detach().expand(4, 1, 6, 6))
    network.objective(network.train_batch(fields).losses).backward()
    assert value.grad is not None
    assert value.grad.all()


@pytest.mark.parametrize(("kind", "params"), [("Parameter", {"initial": "ones"}), ("Constant", {"values": [0.25]})])
def test_own_numbers_are_exported(kind: str, params: dict[str, Any]) -> None:
    graph, _ = with_numbers(kind, **params)
    network = network_of(graph)
    assert ("own.value" in network.modules.state_dict()) == (kind == "Parameter")
    images = torch.rand(5, 2, 6, 6, dtype=torch.float64)
    assert torch.equal(only(exported(graph, network)(images)), only(network.predict({"image": images})))


def test_a_network_of_own_numbers_alone_needs_no_batch() -> None:
    builder = GraphBuilder(Samples((2, 6, 6), scores=3))
    builder.image()
    builder.add("Output", "out", builder.add("Parameter", "own", shape=[4], initial="ones"))
    network = network_of(builder.graph())
    assert torch.equal(only(network.predict({})), torch.ones(1, 4, dtype=torch.float64))
    assert torch.equal(only(exported(builder.graph(), network)()), torch.ones(1, 4, dtype=torch.float64))


@pytest.mark.parametrize(("initial", "expected"), [("zeros", 0.0), ("ones", 1.0)])
def test_what_a_parameter_begins_with(initial: str, expected: float) -> None:
    module = Parameter.model_validate({"shape": (2, 3), "kind": "map", "initial": initial}).module().build()
    assert torch.equal(module(torch.zeros(4, 9)), torch.full((4, 2, 3), expected))


def test_a_constants_numbers_are_those_of_its_places() -> None:
    layer = Constant(shape=(2, 1), kind="map", values=(1.5, -2.0))
    assert torch.equal(layer.module().build()(), torch.tensor([[[1.5], [-2.0]]]))
    assert Constant.from_module(layer.module().build()) == layer.model_copy(update={"kind": "vector"})
    assert Constant.model_validate({"values": 3}).values == (3.0,)


@pytest.mark.parametrize(
    ("layer", "words", "fix"),
    [
        (Parameter(shape=(2, 3)), "is said to be a vector, but its shape is 2×3", SuggestParam("kind", "map")),
        (Parameter(shape=(3,), kind="sequence"), "is said to be a sequence", SuggestParam("kind", "vector")),
        (Parameter(shape=(3, 4), kind="channels_last"), "a channels_last", SuggestParam("kind", "map")),
        (Constant(shape=(3,), values=(1.0, 2.0)), "has 2 values for 3 places", SuggestParam("values", [1.0])),
        (Constant(shape=(2,), values=(1.0, 2.0, 3.0)), "has 3 values", SuggestParam("values", [1.0, 2.0])),
    ],
)
def test_own_numbers_that_are_not_as_they_are_said_to_be(layer: Parameter | Constant, words: str, fix: Any) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        layer.output()
    assert caught.value.fixes == (fix,)
    assert type(layer).model_validate({**layer.model_dump(), fix.param: fix.value}).output()


@pytest.mark.parametrize(
    ("one", "other", "transposed", "macs"),
    [((5, 7), (7, 4), False, 140), ((5, 7), (4, 7), True, 140), ((3, 5, 7), (1, 7, 2), False, 210)],
)
def test_products_of_matrices_are_torchs(one: Any, other: Any, transposed: bool, macs: int) -> None:
    x, y = torch.randn(2, *one), torch.randn(2, *other)
    layer, values = MatMul(transposed=transposed), (Value(one), Value(other))
    expected = x @ (y.mT if transposed else y)
    assert torch.equal(layer.module(*values).build()(x, y), expected)
    assert layer.output(*values) == Value(tuple(expected.shape[1:]))
    assert layer.macs(*values) == macs
    assert layer.windows(*values) is None


def test_matrices_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ShapeError, match="rows of 7 by columns of 5") as caught:
        MatMul().output(Value((3, 5, 7)), Value((3, 5, 7)))
    assert (caught.value.port, caught.value.fixes) == ("other", (SuggestParam("transposed", True),))
    with pytest.raises(ShapeError, match="rows of 7 by columns of 6") as caught:
        MatMul(transposed=True).output(Value((5, 7)), Value((5, 6)))
    assert (caught.value.fixes, caught.value.fits) == ((), Value((5, 7)))
    with pytest.raises(ShapeError, match="those before must agree"):
        MatMul().output(Value((3, 5, 7)), Value((2, 7, 5)))


@pytest.mark.parametrize(
    ("layer", "theirs"),
    [(Sqrt(), torch.sqrt), (Exp(), torch.exp), (Log(), torch.log), (Neg(), torch.neg),
     (Power(), torch.square), (Power(exponent=-0.5), torch.rsqrt)],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_functions_are_torchs(layer: Layer, theirs: Callable[[Tensor], Tensor]) -> None:
    x = torch.rand(2, *MAP.shape, dtype=torch.float64) + 0.1
    call = layer.module(MAP)
    assert call is not None
    torch.testing.assert_close(call.build()(x), theirs(x))
    assert layer.output(MAP) == MAP
    assert type(layer).from_module(call.build()) == layer


def test_a_block_of_torchvisions_convnext_is_drawn() -> None:
    torch.manual_seed(1)
    theirs = CNBlock(8, 0.3, 0.0).double().eval()
    norm = theirs.block[2]
    assert isinstance(norm, nn.LayerNorm)
    builder = GraphBuilder(Samples((8, 9, 10)))
    x = builder.image()
    conv = builder.add("Conv2d", "block.0", x, out_channels=8, kernel_size=7, padding=3, groups=8)
    y = builder.add("Permute", "block.1", conv, dims=Permute.from_module(theirs.block[1]).model_dump()["dims"])
    y = builder.add("LayerNorm", "block.2", y, axes=1, eps=norm.eps)
    y = builder.add("Linear", "block.3", y, out_features=32)
    y = builder.add("Linear", "block.5", builder.add("GELU", "block.4", y), out_features=8)
    y = builder.add("Permute", "block.6", y, dims=[0, 3, 1, 2])
    scale = builder.add("Parameter", "layer_scale", shape=[8, 1, 1], kind="map")
    y = builder.add("Multiply", "scaled", scale, y)
    builder.add("Output", "out", builder.add("Add", "sum", y, x))
    graph = builder.graph()
    assert find_problems(graph, "predict") == []
    network = network_of(graph)
    weights = {
        "layer_scale.value" if key == "layer_scale" else key: value for key, value in theirs.state_dict().items()
    }
    network.modules.load_state_dict(weights)
    fields = sample((8, 9, 10))
    torch.testing.assert_close(only(network.predict(fields)), theirs(fields["image"]))
    torch.testing.assert_close(only(exported(graph, network)(fields["image"])), theirs(fields["image"]))


def test_the_merging_of_torchvisions_swin_is_drawn() -> None:
    torch.manual_seed(1)
    theirs = PatchMerging(6).double()
    builder = GraphBuilder(Samples((6, 8, 10)))
    x = builder.add("Permute", "last", builder.image())
    rows = [builder.add("Slice", f"rows{i}", x, dim=1, start=i, step=2) for i in (0, 1)]
    parts = [
        builder.add("Slice", f"part{i}{j}", rows[i], dim=2, start=j, step=2)
        for j, i in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    y = builder.add("LayerNorm", "norm", builder.add("Concat", "parts", *parts, dim=3), axes=1)
    builder.add("Output", "out", builder.add("Linear", "reduction", y, out_features=12, bias=False))
    network = network_of(builder.graph())
    network.modules.load_state_dict(theirs.state_dict())
    fields = sample((6, 8, 10))
    torch.testing.assert_close(only(network.predict(fields)), theirs(fields["image"].permute(0, 2, 3, 1)))


def test_signals_go_down_past_own_numbers() -> None:
    """What is learnt beside the picture sees nothing of it and is in the way of nothing."""
    builder = GraphBuilder(Samples((2, 6, 6)))
    conv = builder.add("Conv2d", "conv", builder.image(), out_channels=3)
    own = builder.add("Parameter", "own", shape=[3, 6, 6], kind="map", initial="normal", std=1.0)
    both = builder.add("Add", "both", conv, own)
    builder.add("Output", "out", both)
    graph, fields = builder.graph(), sample((2, 6, 6))
    network = network_of(graph)
    activation = activations(network, fields, frozenset({both}))[both]
    spots = strongest_spots(activation, range(3))
    way = WayDown(network, graph, fields, both, {})
    assert way.is_windowed
    torch.testing.assert_close(way.down(spots), backproject(network, graph, fields, both, seeds_of(spots, activation)))
    assert not WayDown(network, graph, fields, own, {}).down(spots).any()


def test_own_numbers_see_nothing_of_the_picture() -> None:
    builder = GraphBuilder(Samples((2, 9, 9)))
    conv = builder.add("Conv2d", "conv", builder.image(), out_channels=3, kernel_size=5, padding=2)
    own = builder.add("Parameter", "own", shape=[3, 9, 9], kind="map")
    turned = builder.add("Conv2d", "turned", own, out_channels=3)
    both = builder.add("Add", "both", conv, turned)
    graph = builder.graph()
    fields = receptive_fields(graph)
    for port in (own, turned):
        found = fields[port.node]
        assert found is not None
        assert (found.size, found.box((4, 4))) == ((0, 0), None)
    joined, alone = fields[both.node], fields[conv.node]
    assert joined is not None
    assert alone is not None
    assert (
        (joined.size, joined.stride, joined.centre)
        == (alone.size, alone.stride, alone.centre)
        == ((5, 5), (1, 1), (0, 0))
    )
    assert joined.box((4, 4)) == ((2, 6), (2, 6))


def test_what_an_edit_makes_constant_sees_nothing_any_more_and_the_other_way_round() -> None:
    builder = GraphBuilder(Samples((2, 9, 9)))
    image, own = builder.image(), builder.add("Parameter", "own", shape=[2, 9, 9], kind="map")
    first = builder.add("Conv2d", "first", image, out_channels=3)
    second = builder.add("Conv2d", "second", first, out_channels=3)
    graph = builder.graph()
    sizes = []
    for source in (image, own, image):
        graph = connect(graph, source, Port(first.node, "x")).apply(graph)
        found = receptive_fields(graph)[second.node]
        assert found is not None
        sizes.append(found.size)
    assert sizes == [(5, 5), (0, 0), (5, 5)]


def test_functions_stand_in_a_network_with_others() -> None:
    graph, _ = drawn(("Conv2d", {"out_channels": 4}), ("Exp", {}), ("Log", {}), ("Neg", {}), shape=(1, 6, 6))
    network = network_of(graph)
    fields = sample((1, 6, 6))
    conv = network.modules.get_submodule("n0")(fields["image"])
    torch.testing.assert_close(only(network.predict(fields)), -conv)

"""The deconvnet against Captum, against gradients and against itself, in float64."""

from __future__ import annotations

from typing import Any

import captum.attr
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from workbench.core.graph import Graph, Port
from workbench.insight.backproject import backproject, strongest
from workbench.insight.probe import activations
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples

EXACT: dict[str, Any] = {"rtol": 0.0, "atol": 1e-12}


def drawn(*layers: tuple[str, dict[str, Any]], shape: tuple[int, ...] = (1, 13, 15)) -> tuple[Graph, list[Port]]:
    """A chain of layers behind an Input, and the ports along it."""
    builder = GraphBuilder(Samples(shape))
    ports = [builder.image()]
    for number, (layer, params) in enumerate(layers):
        ports.append(builder.add(layer, f"n{number}", ports[-1], **params))
    return builder.graph(), ports


def network_of(graph: Graph) -> Network:
    network = Network(graph, seed=5)
    network.modules.double()
    for name, buffer in network.modules.named_buffers():
        if "running" in name:
            buffer.copy_(torch.rand_like(buffer) * 0.1 + (0.5 if "var" in name else -0.05))
    network.set_training(False)
    return network


def sample(shape: tuple[int, ...] = (1, 13, 15), seed: int = 1) -> dict[str, Tensor]:
    return {"image": torch.rand(1, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))}


pytestmark = pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU:UserWarning")  # captum says so each time

CONV, RELU = ("Conv2d", {"out_channels": 6}), ("ReLU", {})
CHAINS = {
    "two convolutions": [CONV, RELU, CONV, RELU],
    "strides and dilation": [
        ("Conv2d", {"out_channels": 6, "kernel_size": [3, 5], "stride": 2, "padding": 2}), RELU,
        ("Conv2d", {"out_channels": 6, "dilation": 2, "groups": 3, "padding": 1}), RELU,
    ],
    "pooling 2/2": [CONV, RELU, ("MaxPool2d", {}), CONV, RELU],
    "overlapping pooling 3/2 of odd sizes": [CONV, RELU, ("MaxPool2d", {"kernel_size": 3, "stride": 2}), CONV, RELU],
    "padded pooling": [CONV, RELU, ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}), CONV, RELU],
    "batch norm": [CONV, ("BatchNorm2d", {}), RELU, CONV, ("BatchNorm2d", {}), RELU],
    "average pooling": [CONV, RELU, ("AvgPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}), CONV, RELU],
    "to a vector": [CONV, RELU, ("MaxPool2d", {}), ("Flatten", {}), ("Linear", {"out_features": 7}), RELU],
    "upsampling": [CONV, RELU, ("Upsample", {}), CONV, ("ConvTranspose2d", {"out_channels": 4}), RELU],
}  # fmt: skip


@pytest.mark.parametrize("name", CHAINS)
def test_equals_captum(name: str) -> None:
    graph, ports = drawn(*CHAINS[name])
    network, fields = network_of(graph), sample()
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    units = list(range(activation.shape[1]))
    seeds = strongest(activation, units)
    ours = backproject(network, graph, fields, ports[-1], seeds)
    model = nn.Sequential(*[network.modules.get_submodule(f"n{i}") for i in range(len(ports) - 1)])
    deconvolution = captum.attr.Deconvolution(model)
    for row, unit in enumerate(units):
        place = [int(i) for i in torch.nonzero(seeds[row])[0]] if seeds[row].any() else [unit] + [0] * (seeds.dim() - 2)
        x = fields["image"].clone().requires_grad_(True)
        theirs = deconvolution.attribute(x, target=tuple(place))
        value = seeds[row][tuple(place)]
        torch.testing.assert_close(ours[row], (theirs * value)[0].detach(), **EXACT)
    assert ours.abs().sum() > 0


def test_guided_equals_captum() -> None:
    graph, ports = drawn(*CHAINS["pooling 2/2"])
    network, fields = network_of(graph), sample()
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    seeds = strongest(activation, [2]).sign()
    ours = backproject(network, graph, fields, ports[-1], seeds, "guided")
    model = nn.Sequential(*[network.modules.get_submodule(f"n{i}") for i in range(5)])
    x = fields["image"].clone().requires_grad_(True)
    theirs = captum.attr.GuidedBackprop(model).attribute(x, target=tuple(int(i) for i in torch.nonzero(seeds[0])[0]))
    torch.testing.assert_close(ours, theirs.detach(), **EXACT)


@pytest.mark.parametrize("name", ["batch norm", "overlapping pooling 3/2 of odd sizes", "to a vector"])
def test_gradient_mode_is_autograd(name: str) -> None:
    graph, ports = drawn(*CHAINS[name])
    network, fields = network_of(graph), sample()
    x = fields["image"].clone().requires_grad_(True)
    out = nn.Sequential(*[network.modules.get_submodule(f"n{i}") for i in range(len(ports) - 1)])(x)
    seeds = torch.randn_like(out)
    (expected,) = torch.autograd.grad(out, x, seeds)
    ours = backproject(network, graph, fields, ports[-1], seeds.detach(), "gradient")
    torch.testing.assert_close(ours, expected, **EXACT)


def test_without_rectifiers_it_is_the_gradient_and_the_adjoint() -> None:
    graph, ports = drawn(CONV, ("AvgPool2d", {"kernel_size": 3, "stride": 2}), ("Conv2d", {"out_channels": 3}))
    network, fields = network_of(graph), sample()
    shape = activations(network, fields, frozenset({ports[-1]}))[ports[-1]].shape
    signal = torch.randn(shape, dtype=torch.float64)
    down = backproject(network, graph, fields, ports[-1], signal)
    gradient = backproject(network, graph, fields, ports[-1], signal, "gradient")
    torch.testing.assert_close(down, gradient, **EXACT)
    other = {"image": torch.randn(1, 1, 13, 15, dtype=torch.float64)}
    zero = {"image": torch.zeros(1, 1, 13, 15, dtype=torch.float64)}
    port = frozenset({ports[-1]})
    linear = activations(network, other, port)[ports[-1]] - activations(network, zero, port)[ports[-1]]
    assert float((linear * signal).sum()) == pytest.approx(float((other["image"] * down).sum()), rel=1e-12)


def test_overlapping_pooling_loses_nothing() -> None:
    graph, ports = drawn(("MaxPool2d", {"kernel_size": 3, "stride": 2}))
    network, fields = network_of(graph), sample()
    shape = activations(network, fields, frozenset({ports[-1]}))[ports[-1]].shape
    signal = torch.rand(shape, dtype=torch.float64)
    down = backproject(network, graph, fields, ports[-1], signal)
    assert float(down.sum()) == pytest.approx(float(signal.sum()), rel=1e-12)
    _, switches = F.max_pool2d(fields["image"], 3, 2, return_indices=True)
    assert len(switches.unique()) < switches.numel()  # there are windows that share a maximum
    expected = torch.zeros(1, 1, 13 * 15, dtype=torch.float64)
    expected.scatter_add_(2, switches.flatten(2), signal.flatten(2))
    torch.testing.assert_close(down, expected.reshape(1, 1, 13, 15), **EXACT)


def test_without_pooling_the_picture_does_not_depend_on_the_image() -> None:
    graph, ports = drawn(CONV, RELU, CONV, RELU)
    network = network_of(graph)
    seeds = torch.ones(1, 6, 13, 15, dtype=torch.float64)
    one, other = (backproject(network, graph, sample(seed=i), ports[-1], seeds) for i in (1, 2))
    assert torch.equal(one, other)
    gradients = [backproject(network, graph, sample(seed=i), ports[-1], seeds, "gradient") for i in (1, 2)]
    assert not torch.equal(*gradients)


def test_it_is_positively_homogeneous() -> None:
    graph, ports = drawn(*CHAINS["pooling 2/2"])
    network, fields = network_of(graph), sample()
    seeds = strongest(activations(network, fields, frozenset({ports[-1]}))[ports[-1]], [0])
    once, thrice = (backproject(network, graph, fields, ports[-1], each) for each in (seeds, 3 * seeds))
    torch.testing.assert_close(thrice, 3 * once, **EXACT)


def test_where_branches_meet_the_sum_is_rectified() -> None:
    builder = GraphBuilder(Samples((2, 6, 6)))
    x = builder.image()
    a = builder.add("ReLU", "first", x)
    one = builder.add("Conv2d", "one", a, out_channels=2, bias=False)
    total = builder.add("ReLU", "last", builder.add("Add", "add", one, a))
    graph = builder.graph()
    network, fields = network_of(graph), sample((2, 6, 6))
    signal = torch.randn(1, 2, 6, 6, dtype=torch.float64)
    ours = backproject(network, graph, fields, total, signal)
    r = signal.clamp(min=0)  # the last rectifier
    weight = network.modules.get_submodule("one").weight
    expected = (F.conv_transpose2d(r, weight, padding=1) + r).clamp(min=0)
    torch.testing.assert_close(ours, expected.detach(), **EXACT)


def test_concatenated_branches_share_the_signal_by_channel() -> None:
    builder = GraphBuilder(Samples((1, 6, 6)))
    x = builder.image()
    one = builder.add("Conv2d", "one", x, out_channels=2, bias=False)
    two = builder.add("Conv2d", "two", x, out_channels=3, bias=False)
    both = builder.add("Concat", "both", one, two)
    graph = builder.graph()
    network, fields = network_of(graph), sample((1, 6, 6))
    signal = torch.randn(1, 5, 6, 6, dtype=torch.float64)
    ours = backproject(network, graph, fields, both, signal)
    weights = [network.modules.get_submodule(name).weight for name in ("one", "two")]
    parts = [F.conv_transpose2d(s, w, padding=1) for s, w in zip(signal.split([2, 3], 1), weights, strict=True)]
    torch.testing.assert_close(ours, sum(parts).detach(), **EXACT)


def test_the_network_is_left_as_it_was() -> None:
    graph, ports = drawn(*CHAINS["batch norm"])
    network, fields = network_of(graph), sample()
    network.set_training(True)
    before = {key: value.clone() for key, value in network.modules.state_dict().items()}
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    backproject(network, graph, fields, ports[-1], strongest(activation, [0]))
    with pytest.raises(RuntimeError):
        backproject(network, graph, {"image": torch.zeros(1, 7, 3, 3)}, ports[-1], strongest(activation, [0]))
    assert all(torch.equal(before[key], value) for key, value in network.modules.state_dict().items())
    assert all(module.training for module in network.modules.modules())
    assert all(weight.grad is None for weight in network.modules.parameters())
    assert not any(module._forward_hooks or module._backward_hooks for module in network.modules.modules())

"""What the deconvnet must equal exactly, and where it must differ, in float64 (science.md 3.4)."""

from __future__ import annotations

import captum.attr
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.insight.test_backproject import CHAINS, CONV, EXACT, RELU, drawn, network_of, sample
from workbench.core.graph import Port
from workbench.insight.backproject import backproject, strongest
from workbench.insight.probe import activations
from workbench.model.network import Network

pytestmark = pytest.mark.filterwarnings("ignore:Setting (forward,? )?backward:UserWarning")

LINEAR = [
    ("Conv2d", {"out_channels": 6, "kernel_size": [3, 5], "stride": 2, "padding": 2}),
    ("BatchNorm2d", {}),
    ("Conv2d", {"out_channels": 6, "dilation": 2, "groups": 3, "padding": 1}),
    ("AvgPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("Conv2d", {"out_channels": 4, "padding": 0, "kernel_size": 1}),
    ("Dropout", {}),
    ("Flatten", {}),
    ("Linear", {"out_features": 5}),
]  # fmt: skip


def model_of(network: Network, count: int) -> nn.Sequential:
    return nn.Sequential(*[network.modules.get_submodule(f"n{i}") for i in range(count)])


def forward(network: Network, port: Port, x: Tensor) -> Tensor:
    return activations(network, {"image": x}, frozenset({port}))[port]


@pytest.mark.parametrize("shape", [(1, 13, 15), (1, 16, 12)], ids=str)
def test_without_rectifiers_it_is_the_gradient_and_the_adjoint(shape: tuple[int, ...]) -> None:
    graph, ports = drawn(*LINEAR, shape=shape)
    network, fields = network_of(graph), sample(shape)
    signal = torch.randn(1, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    down = backproject(network, graph, fields, ports[-1], signal)
    x = fields["image"].clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(model_of(network, len(LINEAR))(x), x, signal)
    torch.testing.assert_close(down, gradient, **EXACT)
    other = torch.randn(1, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    linear = forward(network, ports[-1], other) - forward(network, ports[-1], torch.zeros_like(other))
    assert float((linear * signal).sum()) == pytest.approx(float((other * down).sum()), rel=1e-12)


@pytest.mark.parametrize("layer", [3, 4], ids=["before its rectifier", "behind it"])
@pytest.mark.parametrize("mode", ["deconvnet", "guided"])
def test_a_unit_inside_equals_captum(layer: int, mode: str) -> None:
    graph, ports = drawn(*CHAINS["pooling 2/2"], ("MaxPool2d", {}), CONV)
    network, fields = network_of(graph), sample()
    activation = forward(network, ports[layer + 1], fields["image"])
    seeds = strongest(activation, [1]).sign()
    ours = backproject(network, graph, fields, ports[layer + 1], seeds, mode)  # type: ignore[arg-type]
    model = model_of(network, len(ports) - 1)
    kind = captum.attr.NeuronDeconvolution if mode == "deconvnet" else captum.attr.NeuronGuidedBackprop
    place = tuple(int(i) for i in torch.nonzero(seeds[0])[0])
    x = fields["image"].clone().requires_grad_(True)
    theirs = kind(model, model[layer]).attribute(x, neuron_selector=place)
    sign = float(seeds[0][place])  # a unit before its rectifier may be below zero even where it is strongest
    torch.testing.assert_close(ours, theirs.detach() * sign, **EXACT)


class Functional(nn.Module):
    """A network whose rectifier is no module, which Captum's hooks do not see."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.second(F.relu(self.first(x))))


def test_captum_silently_gives_the_gradient_where_rectifiers_are_functions_and_we_do_not() -> None:
    graph, ports = drawn(CONV, RELU, CONV, RELU)
    network, fields = network_of(graph), sample()
    model = Functional(network.modules.get_submodule("n0"), network.modules.get_submodule("n2"))
    seeds = strongest(forward(network, ports[-1], fields["image"]), [0]).sign()
    place = tuple(int(i) for i in torch.nonzero(seeds[0])[0])
    x = fields["image"].clone().requires_grad_(True)
    theirs = captum.attr.Deconvolution(model).attribute(x, target=place).detach()
    gradient = backproject(network, graph, fields, ports[-1], seeds, "gradient")
    ours = backproject(network, graph, fields, ports[-1], seeds)
    torch.testing.assert_close(theirs, gradient, **EXACT)
    assert (ours - theirs).abs().max() > 1e-3


@pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "LeakyReLU", "GELU", "PReLU", "Softsign"])
def test_other_activations_are_an_extension_and_not_the_gradient(activation: str) -> None:
    graph, ports = drawn(CONV, (activation, {}), CONV)
    network, fields = network_of(graph), sample()
    seeds = strongest(forward(network, ports[-1], fields["image"]), [0])
    ours = backproject(network, graph, fields, ports[-1], seeds)
    gradient = backproject(network, graph, fields, ports[-1], seeds, "gradient")
    x = fields["image"].clone().requires_grad_(True)
    place = tuple(int(i) for i in torch.nonzero(seeds[0])[0])
    theirs = captum.attr.Deconvolution(model_of(network, 3)).attribute(x, target=place).detach()
    torch.testing.assert_close(theirs * seeds[0][place], gradient, **EXACT)  # Captum knows nn.ReLU alone
    assert (ours - gradient).abs().max() > 1e-4


def test_above_a_softmax_it_is_another_picture_than_from_the_score() -> None:
    graph, ports = drawn(CONV, RELU, ("Flatten", {}), ("Linear", {"out_features": 4}), ("Softmax", {}))
    network, fields = network_of(graph), sample()
    seed = torch.zeros(1, 4, dtype=torch.float64)
    seed[0, 2] = 1
    score = backproject(network, graph, fields, ports[-2], seed, "guided").flatten()
    share = backproject(network, graph, fields, ports[-1], seed, "guided").flatten()
    assert float(torch.cosine_similarity(score, share, dim=0)) < 0.99

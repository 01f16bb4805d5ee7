"""The way down in windows against the way down through whole maps, and how much work each of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import captum.attr
import pytest
import torch
from torch import Tensor, nn

from tests.insight.test_backproject import CHAINS, CONV, EXACT, RELU, drawn, network_of, sample
from workbench.core.graph import Graph, Port
from workbench.insight import way_down
from workbench.insight.adjoints import ConvolutionAdjoint
from workbench.insight.backproject import backproject
from workbench.insight.probe import Recorder, activations
from workbench.insight.spec import REGISTRY, ViewContext
from workbench.insight.spots import Spot, seeds_of, strongest_spots
from workbench.insight.units import inspect_unit
from workbench.insight.way_down import WayDown
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.model.network import Network
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples

pytestmark = pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU:UserWarning")  # captum says so each time

POOL: tuple[str, dict[str, Any]] = ("MaxPool2d", {})
PLAIN: dict[str, list[tuple[str, dict[str, Any]]]] = {
    **CHAINS,
    "lenet": [("Conv2d", {"out_channels": 6, "kernel_size": 5, "padding": 2}), RELU, POOL,
              ("Conv2d", {"out_channels": 16, "kernel_size": 5, "padding": 0}), RELU],
    "long strides": [("Conv2d", {"out_channels": 4, "kernel_size": 2, "stride": 3}), RELU, CONV],
    "unequal axes": [("Conv2d", {"out_channels": 4, "kernel_size": [5, 2], "stride": [1, 2], "padding": [2, 0],
                                 "dilation": [1, 3]}), RELU, CONV, RELU],
    "groups": [CONV, RELU, ("Conv2d", {"out_channels": 12, "groups": 6}), RELU, CONV],
    "same with an even kernel": [("Conv2d", {"out_channels": 4, "kernel_size": 4, "padding": "same"}), RELU, CONV],
    "margins that are not zero": [("Conv2d", {"out_channels": 4, "padding_mode": "circular"}), RELU, CONV],
    "windows over the end": [CONV, RELU, ("MaxPool2d", {"kernel_size": 3, "stride": 2, "ceil_mode": True}), CONV],
    "dilated pooling": [CONV, ("MaxPool2d", {"kernel_size": 2, "stride": 1, "dilation": 3}), CONV, RELU],
    "gaps between windows": [CONV, ("MaxPool2d", {"kernel_size": 2, "stride": 3}), CONV, RELU],
    "other rectifiers": [CONV, ("LeakyReLU", {}), CONV, ("Tanh", {}), CONV, ("Sigmoid", {})],
    "what does nothing": [CONV, ("Identity", {}), ("Dropout", {}), RELU],
    "two layers of a vector": [CONV, ("Flatten", {}), ("Linear", {"out_features": 7}), ("BatchNorm1d", {}), RELU,
                               ("Linear", {"out_features": 3})],
    "averages of all": [CONV, RELU, ("AdaptiveAvgPool2d", {"output_size": [2, 3]}), CONV],
}  # fmt: skip


def way_of(network: Network, graph: Graph, fields: dict[str, Tensor], port: Port) -> WayDown:
    return WayDown(network, graph, fields, port, {})


def assert_equal_ways(
    network: Network, graph: Graph, fields: dict[str, Tensor], port: Port, *, is_windowed: bool = True
) -> None:
    """Each unit at its strongest place, at the corners and in the middle, both ways."""
    activation = activations(network, fields, frozenset({port}))[port]
    spots = list(strongest_spots(activation, range(activation.shape[1]), are_scores=True))
    if activation.dim() == 4:
        high, wide = activation.shape[2] - 1, activation.shape[3] - 1
        places = [(0, 0), (0, wide), (high, 0), (high, wide), (high // 2, wide // 3)]
        spots += [Spot(n % activation.shape[1], place, 0.5 + n) for n, place in enumerate(places)]
    way = way_of(network, graph, fields, port)
    assert way.is_windowed is is_windowed
    whole = backproject(network, graph, fields, port, seeds_of(spots, activation))
    torch.testing.assert_close(way.down(spots), whole, rtol=1e-12, atol=1e-12)
    assert whole.abs().sum() > 0


@pytest.mark.parametrize("name", PLAIN)
def test_windows_give_what_whole_maps_give(name: str) -> None:
    graph, ports = drawn(*PLAIN[name])
    assert_equal_ways(network_of(graph), graph, sample(), ports[-1])


@pytest.mark.parametrize("shape", [(3, 12, 11), (1, 30, 31)])
@pytest.mark.parametrize("name", ["lenet", "groups", "windows over the end"])
def test_windows_of_other_pictures(name: str, shape: tuple[int, ...]) -> None:
    graph, ports = drawn(*PLAIN[name], shape=shape)
    assert_equal_ways(network_of(graph), graph, sample(shape), ports[-1])


@pytest.mark.parametrize("name", ["lenet", "groups", "unequal axes", "windows over the end"])
def test_windows_give_what_captum_gives(name: str) -> None:
    graph, ports = drawn(*PLAIN[name])
    network, fields = network_of(graph), sample()
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    spots = [each for each in strongest_spots(activation, range(activation.shape[1])) if each.value]
    ours = way_of(network, graph, fields, ports[-1]).down(spots)
    model = nn.Sequential(*[network.modules.get_submodule(f"n{i}") for i in range(len(ports) - 1)])
    deconvolution = captum.attr.Deconvolution(model)
    for spot, picture in zip(spots, ours, strict=True):
        x = fields["image"].clone().requires_grad_(True)
        theirs = deconvolution.attribute(x, target=(spot.unit, *spot.place)) * spot.value
        torch.testing.assert_close(picture, theirs[0].detach(), **EXACT)


def branches(kind: str) -> tuple[Graph, Port]:
    """Two ways whose windows differ, or move by different steps, and meet again."""
    builder = GraphBuilder(Samples((2, 14, 12), mean=(0.4, 0.2), std=(0.3, 0.5)))
    x = builder.add("ReLU", "first", builder.add("Conv2d", "stem", builder.image(), out_channels=4))
    one = builder.add("Conv2d", "one", x, out_channels=4, kernel_size=5, padding=2, stride=2)
    if kind == "pooled":
        two = builder.add("MaxPool2d", "two", x)
    else:
        two = builder.add("Conv2d", "two", x, out_channels=4, kernel_size=1, padding=0, stride=2)
    if kind == "concat":
        y = builder.add("Concat", "both", one, two)
    else:
        y = builder.add("Add", "both", one, two) if kind != "twice" else builder.add("Add", "both", one, one, two)
    port = builder.add("ReLU", "last", builder.add("Conv2d", "out", y, out_channels=3))
    return builder.graph(), port


@pytest.mark.parametrize("kind", ["shortcut", "pooled", "concat", "twice"])
def test_branches_meet_in_a_window_that_holds_both(kind: str) -> None:
    graph, port = branches(kind)
    assert_equal_ways(network_of(graph), graph, sample((2, 14, 12)), port)


@pytest.mark.parametrize("layers", [
    [CONV, ("LocalContrastNorm", {}), RELU], [CONV, ("BatchNorm2d", {"track_running_stats": False}), CONV],
    [CONV, ("Flatten", {}), ("Linear", {"out_features": 4}), ("Softmax", {})],
])  # fmt: skip
def test_what_has_no_step_goes_down_as_before(layers: list[tuple[str, dict[str, Any]]]) -> None:
    graph, ports = drawn(*layers)
    assert_equal_ways(network_of(graph), graph, sample(), ports[-1], is_windowed=False)


@pytest.mark.parametrize(("template", "node"), [("small-resnet", 5), ("resnet18", 12), ("lenet5", 5), ("vgg11", 5)])
def test_templates_go_down_in_windows(template: str, node: int) -> None:
    builder = GraphBuilder(Samples((3, 40, 40)))
    TEMPLATES[template]().build(builder)
    graph = builder.graph()
    assert_equal_ways(network_of(graph), graph, sample((3, 40, 40)), Port(graph.order[node], "y"))


@pytest.mark.parametrize(("layer", "is_windowed"), [("MaxPool2d", True), ("LowPass2d", False)])
def test_a_layer_of_two_outputs(layer: str, is_windowed: bool) -> None:
    """The switches of a pooling carry no signal; both outputs of a low pass do."""
    builder = GraphBuilder(Samples((1, 16, 16)))
    first = builder.add(layer, "two", builder.add("Conv2d", "conv", builder.image(), out_channels=4))
    other = Port(first.node, next(name for name in LAYERS[layer].output_ports if name != first.name))
    end = builder.add("Conv2d", "end", first, out_channels=4)
    if layer == "MaxPool2d":
        builder.add("MaxUnpool2d", "back", end, other)
    else:
        end = builder.add("Concat", "all", end, other)
    graph = builder.graph()
    assert_equal_ways(network_of(graph), graph, sample((1, 16, 16)), end, is_windowed=is_windowed)


def test_many_signals_go_down_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, ports = drawn(*PLAIN["lenet"])
    network, fields = network_of(graph), sample()
    activation = activations(network, fields, frozenset({ports[-1]}))[ports[-1]]
    spots = strongest_spots(activation, range(16), are_scores=True)
    together = way_of(network, graph, fields, ports[-1]).down(spots)
    monkeypatch.setattr(way_down, "AT_ONCE", 3000)
    way = way_of(network, graph, fields, ports[-1])
    parts = [len(numbers) for numbers, _ in way._windows.down(spots, range(16))]
    assert 1 < len(parts) <= 16
    assert sum(parts) == 16
    torch.testing.assert_close(way.down(spots), together, **EXACT)


def test_silent_units_send_nothing() -> None:
    graph, ports = drawn(CONV, RELU)
    way = way_of(network_of(graph), graph, sample(), ports[-1])
    sent = way.down([Spot(0, (3, 4), 0.0), Spot(1, (3, 4), 1.0)])
    assert not sent[0].any()
    assert sent[1].any()
    assert way.down([Spot(2, (0, 0), 0.0)]).shape == (1, 1, 13, 15)


def test_windows_are_as_small_as_the_receptive_field(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, ports = drawn(CONV, RELU, CONV, RELU, shape=(1, 60, 60))
    seen: list[tuple[int, ...]] = []
    down = ConvolutionAdjoint.down
    monkeypatch.setattr(
        ConvolutionAdjoint, "down", lambda self, signal: seen.append(tuple(signal.values.shape)) or down(self, signal)
    )
    way_of(network_of(graph), graph, sample((1, 60, 60)), ports[-1]).down([Spot(0, (9, 9), 1.0), Spot(1, (0, 59), 1.0)])
    assert seen == [(2, 6, 1, 1), (2, 6, 3, 3)]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that something goes up."""
    found: list[int] = []
    record: Callable[..., Any] = Recorder.record
    monkeypatch.setattr(Recorder, "record", lambda self, *inputs: found.append(1) or record(self, *inputs))
    return found


@pytest.mark.parametrize(("layers", "count"), [([*PLAIN["lenet"]], 1), ([CONV, RELU, POOL, CONV], 1),
                                               ([CONV, ("LocalContrastNorm", {}), CONV], 2)])  # fmt: skip
def test_view_and_unit_share_one_way_up(
    layers: list[tuple[str, dict[str, Any]]], count: int, passes: list[int]
) -> None:
    """Where autograd takes over, its graph is recorded once more, however many signals come down."""
    graph, ports = drawn(*layers)
    context = ViewContext(network_of(graph), graph, ports[-1].node, sample())
    REGISTRY["feature-maps"].render(context)
    REGISTRY["deconvnet"].render(context)
    for unit in (0, 1, 2):
        inspect_unit(context, unit)
    assert len(passes) == count


def test_the_network_is_left_as_it_was() -> None:
    graph, ports = drawn(*PLAIN["batch norm"])
    network = network_of(graph)
    network.set_training(True)
    before = {key: value.clone() for key, value in network.modules.state_dict().items()}
    way_of(network, graph, sample(), ports[-1]).down([Spot(0, (2, 2), 1.0)])
    assert all(torch.equal(before[key], value) for key, value in network.modules.state_dict().items())
    assert all(module.training for module in network.modules.modules())
    assert all(weight.grad is None for weight in network.modules.parameters())

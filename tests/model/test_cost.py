"""Parameters, multiply-adds and receptive fields against published numbers, torch's counter and gradients."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.graph_factories import changed, default, drawn, line, picture
from workbench.core.graph import Graph, Node
from workbench.model.cost import Cost, costs, total
from workbench.model.network import Network
from workbench.model.receptive_field import ReceptiveField
from workbench.model.receptive_fields import receptive_fields
from workbench.project.templates.spec import REGISTRY


def named_costs(graph: Graph) -> dict[str, Cost]:
    return {graph.nodes[id_].name: cost for id_, cost in costs(graph).items()}


def named_fields(graph: Graph) -> dict[str, ReceptiveField | None]:
    return {graph.nodes[id_].name: field for id_, field in receptive_fields(graph).items()}


def sees(graph: Graph, name: str) -> ReceptiveField:
    field = named_fields(graph)[name]
    assert field is not None
    return field


@pytest.mark.parametrize(
    ("template", "parameters"),
    [("lenet5", 61_706), ("lenet5-1998", 61_706), ("vgg11", 132_863_336), ("resnet18", 11_689_512)],
)
def test_parameters_are_those_of_the_literature(template: str, parameters: int) -> None:
    graph = default(template)
    assert total(costs(graph).values())["parameters"] == parameters


@pytest.mark.parametrize("template", list(REGISTRY))
def test_parameters_and_multiply_adds_are_torchs(template: str) -> None:
    graph = default(template)
    sums = total(costs(graph).values())
    with torch.device("meta"):
        network = Network(graph)
        network.set_training(False)
        tokens = {str(node.params["field"]) for node in graph if node.params.get("kind") == "tokens"}
        dtypes = {field: torch.int64 if field in tokens else torch.float32 for field in network.inputs}
        with FlopCounterMode(display=False) as counter:
            network.predict({field: torch.empty(1, *shape, dtype=dtypes[field])
                             for field, shape in network.inputs.items()})  # fmt: skip
    assert sums["parameters"] == sum(each.numel() for each in network.modules.parameters())
    if template == "deconv4":  # each of its layers searches through those below, whose share is told at them alone
        assert sums["macs"] < counter.get_total_flops() / 2
    else:
        assert sums["macs"] == counter.get_total_flops() / 2


def test_memory_is_that_of_the_outputs() -> None:
    graph = drawn("autoencoder")
    found = named_costs(graph)
    assert found["conv1"].memory == 16 * 28 * 28 * 4
    assert found["pool1"].memory == 16 * 14 * 14 * (4 + 8), "the switches are wired, so they are kept too"
    assert found["loss"].memory == found["loss"].macs == 0


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("lenet5", {"conv1": (5, 1), "pool1": (6, 2), "conv2": (14, 2), "pool2": (16, 4)}),
        (
            "resnet18",
            {
                "conv1": (7, 2),
                "maxpool": (11, 4),
                "layer1.0.conv1": (19, 4),
                "layer1.0.conv2": (27, 4),
                "layer1.1.add": (43, 4),
                "layer2.0.conv1": (51, 8),
                "layer2.0.downsample.0": (43, 8),
                "layer4.1.conv2": (435, 32),
            },
        ),
        ("vgg11", {"features.0": (3, 1), "features.3": (8, 2), "features.18": (134, 16), "features.20": (150, 32)}),
    ],
)
def test_receptive_fields_known_by_hand(template: str, expected: dict[str, tuple[int, int]]) -> None:
    found = named_fields(default(template))
    for name, (size, stride) in expected.items():
        field = found[name]
        assert field is not None
        assert (field.size, field.stride) == ((size, size), (stride, stride)), name


def test_what_is_behind_a_flatten_sees_everything() -> None:
    found = named_fields(drawn("lenet5"))
    assert found["flatten"] is found["fc1"] is found["loss"] is None


def touched(graph: Graph, position: tuple[int, int]) -> tuple[range, range]:
    """Rows and columns of the picture that a gradient from one output position reaches."""
    network = Network(graph)
    network.set_training(False)
    for weight in network.modules.parameters():
        weight.data = weight.data.abs() + 0.1  # nothing cancels
    x = torch.rand(1, *network.inputs["image"]).double().requires_grad_()
    network.modules.double()
    (result,) = network.predict({"image": x}).values()
    result[0, :, position[0], position[1]].sum().backward()
    assert x.grad is not None
    places = x.grad[0].abs().sum(0).nonzero()
    low, high = places.amin(0).tolist(), places.amax(0).tolist()
    return range(low[0], high[0] + 1), range(low[1], high[1] + 1)


def reported(field: ReceptiveField, position: tuple[int, ...]) -> tuple[range, ...]:
    """Rows and columns by the arithmetic."""
    box = field.box(position)
    assert box is not None
    return tuple(range(low, high + 1) for low, high in box)


def test_a_receptive_field_is_what_the_gradient_reaches() -> None:
    graph = line(
        picture((2, 40, 44)),
        ("a", "Conv2d", {"kernel_size": [5, 3], "padding": [1, 0], "stride": [2, 1]}),
        ("b", "AvgPool2d", {"kernel_size": 2}),
        ("c", "Conv2d", {"kernel_size": 3, "padding": 2, "dilation": 2}),
    )
    field = sees(graph, "c")
    assert (field.size, field.stride, field.centre) == ((23, 12), (4.0, 2.0), (2.0, 1.5))
    for position in ((4, 8), (5, 9)):
        assert touched(graph, position) == reported(field, position)


def test_branches_that_meet_see_what_both_see() -> None:
    graph = line(picture((2, 24, 24)), ("a", "Conv2d", {"kernel_size": 7, "padding": 3}), ("add", "Add", {}))
    graph = Graph({**graph.nodes, "b": Node("b", "b", "Conv2d", {"kernel_size": [1, 11], "padding": [0, 5]})})
    from tests.graph_factories import wired

    for source, target in (("image.y", "a.x"), ("image.y", "b.x"), ("a.y", "add.x.0"), ("b.y", "add.x.1")):
        graph = wired(graph, source, target)
    field = sees(graph, "add")
    assert field.size == (7, 11)
    assert touched(graph, (12, 12)) == reported(field, (12, 12))


def test_unpooling_by_switches_brings_the_step_back() -> None:
    """Behind the switches positions are pixels again, so that convolutions there widen the view by pixels."""
    graph = drawn("autoencoder")
    assert {name: sees(graph, name).size[0] for name in ("pool2", "conv3", "conv4", "reconstruction")} == {
        "pool2": 10,
        "conv3": 18,
        "conv4": 22,
        "reconstruction": 26,
    }
    assert sees(graph, "unpool2").stride == (2.0, 2.0)
    assert sees(graph, "reconstruction").stride == (1.0, 1.0)


def test_what_is_bypassed_or_shared_costs_nothing_twice() -> None:
    graph = drawn("lenet5")
    bypassed = changed(graph, "relu1", bypass=True)
    assert named_costs(bypassed)["relu1"] == Cost(0, 0, 0)
    assert sees(bypassed, "relu1") == sees(graph, "conv1")
    twins = line(picture((4, 8, 8)), ("a", "Conv2d", {"out_channels": 4}), ("b", "Conv2d", {"out_channels": 4}))
    found = named_costs(changed(twins, "b", share_with="a"))
    assert (found["a"].parameters, found["b"].parameters) == (148, 0)
    assert found["a"].macs == found["b"].macs > 0


def test_a_network_with_a_fault_costs_what_is_known() -> None:
    graph = changed(drawn("lenet5"), "conv2", params={"stride": 0})
    for found in (named_costs(graph), named_fields(graph)):
        assert "pool1" in found
        assert not {"conv2", "relu2", "fc3"} & set(found)
    assert graph.named("fc3").id not in receptive_fields(graph)
    with pytest.raises(KeyError):
        receptive_fields(graph)[graph.named("conv2").id]


def test_a_long_chain_of_steps_stays_a_number() -> None:
    rows = [(f"c{i}", "Conv2d", {"kernel_size": 1, "padding": 0, "stride": 1024}) for i in range(150)]
    graph = line(picture(), *rows)
    assert len(named_costs(graph)) == len(named_fields(graph)) == 151
    assert named_costs(graph)["c149"].as_json()["macs"] == 16 * 16


def test_as_json() -> None:
    graph = drawn("lenet5")
    assert named_costs(graph)["pool1"].as_json() == {"parameters": 0, "macs": 0, "memory": 6 * 14 * 14 * 4}
    assert sees(graph, "pool1").as_json() == {"size": [6, 6], "stride": [2, 2], "centre": [0.5, 0.5]}

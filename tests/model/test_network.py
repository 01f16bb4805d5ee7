"""One set of weights and two programs over it, equal to what torchvision and plain torch compute."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
import torchvision
from torch import nn

from tests.graph_factories import changed, default, drawn, line, picture, wired
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph, Node
from workbench.model.network import INITIALISERS, Network
from workbench.model.plan import PlanError


def batch(network: Network, size: int = 4) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    fields = {name: torch.rand(size, *shape, generator=generator) for name, shape in network.inputs.items()}
    labels = {name: torch.arange(size) for name in network.fields if name not in fields}
    return fields | labels


def with_statistics(module: nn.Module) -> nn.Module:
    """Running statistics that are not 0 and 1, so that a mistake in batch norm shows."""
    generator = torch.Generator().manual_seed(1)
    for each in module.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.running_mean.copy_(torch.randn(each.num_features, generator=generator) * 0.1)
            each.running_var.copy_(torch.rand(each.num_features, generator=generator) + 0.5)
    return module


def plain(graph: Graph) -> Graph:
    """Without the normalisation at the input, which torchvision leaves to the caller."""
    return changed(graph, "image", params={"mean": [], "std": []})


@pytest.mark.parametrize("name", ["resnet18", "vgg11"])
def test_torchvisions_weights_load_strictly_and_give_its_output(name: str) -> None:
    torch.manual_seed(0)
    theirs = with_statistics(getattr(torchvision.models, name)(weights=None)).eval()
    network = Network(plain(default(name)))
    assert set(network.modules.state_dict()) == set(theirs.state_dict())
    network.modules.load_state_dict(theirs.state_dict(), strict=True)
    network.set_training(False)
    x = torch.rand(1, 3, 96, 96) if name == "resnet18" else torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        (ours,) = network.predict({"image": x}).values()
        expected = theirs(x)
    assert float((ours - expected).norm() / expected.norm()) <= 1e-5


def test_train_and_predict_share_their_weights() -> None:
    network = Network(drawn("lenet5"))
    fields = batch(network)
    before = network.predict(fields)["fc3"]
    output = network.train_batch(fields)
    assert torch.equal(output.predictions["loss"], before)
    assert torch.equal(output.targets["loss"], fields["label"])
    network.objective(output.losses).backward()
    with torch.no_grad():
        for _, weight in network.named_parameters():
            weight -= 0.1 * weight.grad
    after = network.predict(fields)["fc3"]
    assert not torch.equal(after, before)
    assert torch.equal(network.train_batch(fields).predictions["loss"], after)


def test_predicting_needs_no_answer() -> None:
    network = Network(drawn("lenet5"))
    assert network.fields == ("image", "label")
    assert network.inputs == {"image": (1, 28, 28)}
    assert list(network.predict({"image": torch.zeros(2, 1, 28, 28)})) == ["fc3"]
    assert "label" not in network.code()


def test_marked_outputs_are_the_results() -> None:
    graph = drawn("lenet5")
    for name, source in (("features", "pool2.y"), ("scores", "fc3.y")):
        graph = wired(replace(graph, nodes={**graph.nodes, name: Node(name, name, "Output")}), source, f"{name}.x")
    results = Network(graph).predict({"image": torch.zeros(2, 1, 28, 28)})
    assert {name: tuple(each.shape) for name, each in results.items()} == {"features": (2, 16, 5, 5), "scores": (2, 10)}


def test_without_a_loss_the_loose_ends_are_the_results() -> None:
    network = Network(line(picture(), ("conv", "Conv2d", {})))
    assert list(network.results) == ["conv"]
    with pytest.raises(WorkbenchError, match="no loss node, so it cannot be trained"):
        network.train_batch({"image": torch.zeros(1, 1, 8, 8)})


def test_switches_reach_the_unpooling() -> None:
    network = Network(drawn("autoencoder"))
    output = network.train_batch(batch(network))
    assert output.predictions["loss"].shape == output.targets["loss"].shape == (4, 1, 28, 28)


def test_two_losses_are_weighed() -> None:
    graph = drawn("lenet5")
    graph = replace(
        graph, nodes={**graph.nodes, "second": Node("second", "second", "CrossEntropyLoss", {"weight": 0.25})}
    )
    graph = wired(wired(graph, "fc3.y", "second.prediction"), "label.y", "second.target")
    network = Network(graph)
    losses = network.train_batch(batch(network)).losses
    assert [(term.name, term.weight()) for term in network.terms] == [("loss", 1.0), ("second", 0.25)]
    assert torch.isclose(network.objective(losses), 1.25 * losses["loss"])
    halved = Network(changed(graph, "loss", params={"weight": 0.5}))
    assert torch.isclose(halved.objective(losses), 0.75 * losses["loss"])


def test_a_bypassed_node_stays_in_the_weights_but_is_not_used_or_trained() -> None:
    rows = (picture((4, 8, 8)), ("a", "Conv2d", {"out_channels": 4}), ("b", "Conv2d", {"out_channels": 4}))
    network = Network(changed(line(*rows), "b", bypass=True))
    assert "b.weight" in network.modules.state_dict()
    assert [name for name, _ in network.named_parameters()] == ["a.weight", "a.bias"]
    x = torch.rand(2, 4, 8, 8)
    assert torch.equal(network.predict({"image": x})["b"], network.modules.get_submodule("a")(x))


def test_a_frozen_batch_norm_keeps_its_statistics_and_its_weights() -> None:
    graph = changed(drawn("small-resnet"), "bn1", frozen=True)
    network = Network(graph)
    network.set_training(True)
    frozen, free = network.modules.get_submodule("bn1"), network.modules.get_submodule("layer1.0.bn1")
    assert (frozen.training, free.training) == (False, True)
    network.objective(network.train_batch(batch(network)).losses).backward()
    assert int(frozen.num_batches_tracked) == 0
    assert int(free.num_batches_tracked) == 1
    assert frozen.weight.grad is None
    assert free.weight.grad is not None
    assert not any(name.startswith("bn1.") for name, _ in network.named_parameters())


@pytest.mark.parametrize(("owner", "user"), [("a", "b"), ("b", "a")])
def test_shared_weights_are_one(owner: str, user: str) -> None:
    rows = (picture((4, 8, 8)), ("a", "Conv2d", {"out_channels": 4}), ("b", "Conv2d", {"out_channels": 4}))
    network = Network(changed(line(*rows), user, share_with=owner))
    assert list(network.modules.state_dict()) == [f"{owner}.weight", f"{owner}.bias"]
    x = torch.rand(2, 4, 8, 8)
    conv = network.modules.get_submodule(owner)
    assert torch.equal(network.predict({"image": x})["b"], conv(conv(x)))


def test_initialisers_are_torchs() -> None:
    graph = changed(drawn("lenet5"), "fc1", init={"weight": "ones_", "bias": "zeros_"})
    weights = Network(graph).modules.state_dict()
    assert (weights["fc1.weight"] == 1).all()
    assert (weights["fc1.bias"] == 0).all()
    assert all(hasattr(nn.init, name) for name in INITIALISERS)


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ({"weight": "eval"}, r'fc1 has no initialiser "eval"\. There are: constant_'),
        ({"kernel": "ones_"}, r'fc1 has no weight "kernel"\. There are: weight, bias\.'),
        ({"bias": "xavier_uniform_"}, "fc1: xavier_uniform_ does not fit its bias"),
        ({"weight": "constant_"}, "fc1: constant_ does not fit its weight"),
        ({"weight": "constant_(1e)"}, r"fc1: constant_\(1e\) does not fit its weight"),
    ],
)
def test_an_initialiser_that_cannot_be_is_refused(init: dict[str, str], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        Network(changed(drawn("lenet5"), "fc1", init=init))


def test_another_node_more_does_not_change_how_the_others_start() -> None:
    small = line(picture(), ("conv1", "Conv2d", {}), ("conv3", "Conv2d", {}))
    large = line(picture(), ("conv0", "Conv2d", {"out_channels": 1}), ("conv1", "Conv2d", {}), ("conv3", "Conv2d", {}))
    before, after = (Network(graph, seed=3).modules.state_dict() for graph in (small, large))
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert not torch.equal(before["conv1.weight"], Network(small, seed=4).modules.state_dict()["conv1.weight"])


def test_nodes_of_one_shape_start_with_weights_of_their_own() -> None:
    rows = [(name, "Conv2d", {"out_channels": 4}) for name in ("a", "b")]
    weights = Network(line(picture((4, 8, 8)), *rows)).modules.state_dict()
    assert not torch.equal(weights["a.weight"], weights["b.weight"])


def test_building_leaves_torchs_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    Network(drawn("lenet5"))
    assert torch.equal(torch.rand(3), expected)


class TestNonFinite:
    def test_the_first_node_is_named(self) -> None:
        network = Network(drawn("small-resnet"))
        fields = batch(network)
        assert network.first_nonfinite(fields) == ""
        network.modules.get_submodule("layer2.0.conv2").weight.data[0] = float("inf")
        assert network.first_nonfinite(fields) == "layer2.0.conv2"

    def test_a_node_with_several_outputs_is_named_too(self) -> None:
        network = Network(drawn("autoencoder"))
        fields = batch(network)
        network.modules.get_submodule("conv1").weight.data.fill_(1)
        network.modules.get_submodule("relu1").forward = lambda x: x.clone()
        real = network.modules.get_submodule("pool1").forward
        network.modules.get_submodule("pool1").forward = lambda x: (real(x)[0] * float("nan"), real(x)[1])
        assert network.first_nonfinite(fields) == "pool1"

    def test_the_data_itself(self) -> None:
        network = Network(drawn("lenet5"))
        fields = batch(network) | {"image": torch.full((4, 1, 28, 28), float("nan"))}
        assert network.first_nonfinite(fields) == "image"


def test_a_network_with_problems_is_not_built() -> None:
    graph = changed(changed(drawn("lenet5"), "conv1", params={"stride": 0}), "fc2", params={"bias": 1})
    with pytest.raises(PlanError, match=r"conv1: stride must be .* \(1 more problem\)"):
        Network(graph)


@pytest.mark.parametrize("field", ["class", "self", "torch", "operator", "None", "True", "lambda", "load", "getitem"])
def test_a_field_may_be_called_anything(field: str) -> None:
    graph = changed(drawn("lenet5"), "image", params={"field": field})
    (result,) = Network(graph).predict({field: torch.zeros(2, 1, 28, 28)}).values()
    assert result.shape == (2, 10)


def test_weights_of_images_ask_for_channels_last() -> None:
    assert Network(drawn("lenet5")).is_image_network()
    flat = line(("image", "Input", {"shape": [4], "kind": "vector"}), ("fc", "Linear", {}))
    assert not Network(flat).is_image_network()


@pytest.mark.parametrize(("layer", "shape"), [("Conv2d", (1, 9, 9)), ("Conv1d", (2, 12))])
def test_even_kernels_that_keep_the_size_are_no_warning(layer: str, shape: tuple[int, ...]) -> None:
    """torch warns of them once in a process, so this one asks a process of its own."""
    code = f"""
import torch, warnings
warnings.simplefilter("error")
from tests.graph_factories import line, picture
from workbench.model.network import Network
graph = line(picture({shape}), ("a", "{layer}", {{"kernel_size": 4, "padding": "same"}}))
print(tuple(Network(graph).predict({{"image": torch.zeros(2, *{shape})}})["a"].shape[2:]))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (found.stdout.strip(), found.stderr) == (str(shape[1:]), "")


def test_an_initialiser_leaves_the_row_of_padding_at_zero() -> None:
    graph = line(("text", "Input", {"shape": [4], "kind": "tokens"}),
                 ("embed", "Embedding", {"num_embeddings": 9, "embedding_dim": 3, "padding_idx": 2}))  # fmt: skip
    graph = changed(graph, "embed", init={"weight": "uniform_(0.5, 1)"})
    weight = Network(graph).modules.get_parameter("embed.weight")
    assert (weight[2] == 0).all()
    assert (weight[[0, 1, 3]] >= 0.5).all()

"""Templates that torchvision has too: the same weights by the same names, and the same answers with them."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision import models

from tests.graph_factories import changed, default
from workbench.core.graph import Graph
from workbench.model.network import Network
from workbench.model.weight_names import named_as

AGREEMENT = 1e-5  # of the largest number of the answer
SIDE = 64  # the smallest picture for which no template draws a smaller head
COMPARED = (
    "alexnet", "googlenet", "resnet50", "densenet121", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small",
    "shufflenet_v2_x1_0", "efficientnet_b0", "convnext_tiny",
)  # fmt: skip
# The same code draws others that are compared in full: vgg11, resnet18, resnet50 and mobilenet_v3_small.
OTHERS = ("vgg16", "vgg19", "resnet34", "wide_resnet50_2", "mobilenet_v3_large")


def plain(graph: Graph, side: int | None = None) -> Graph:
    """Without the normalisation at the input, which torchvision leaves to the caller; for pictures of that side."""
    shape = {} if side is None else {"shape": [3, side, side]}
    return changed(graph, "image", params={"mean": [], "std": [], **shape})


def theirs(name: str) -> nn.Module:
    """torchvision's module, without what helps in training alone, and without first weights."""
    settings = {"aux_logits": False, "transform_input": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        module: nn.Module = models.get_model(name, weights=None, **settings)
    return module


def filled(module: nn.Module) -> nn.Module:
    """The module with random weights and statistics, so that a mistake anywhere shows in its answers."""
    module = module.to_empty(device="cpu").eval()
    generator = torch.Generator().manual_seed(0)
    for key, tensor in module.state_dict().items():
        if key.endswith("num_batches_tracked"):
            tensor.zero_()
        elif key.endswith("running_var") or (tensor.dim() == 1 and key.endswith("weight")):
            tensor.uniform_(0.5, 1.5, generator=generator)
        elif tensor.dim() > 1 and not key.endswith("layer_scale"):
            tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5, generator=generator)
        else:
            tensor.normal_(0, 0.1, generator=generator)
    return module


@pytest.mark.parametrize("name", [*COMPARED, *OTHERS])
def test_weights_have_torchvision_s_names_and_sizes(name: str) -> None:
    with torch.device("meta"):
        ours = Network(default(name)).modules.state_dict()
    expected = named_as(list(ours), theirs(name).state_dict())
    assert {key: each.shape for key, each in ours.items()} == {key: each.shape for key, each in expected.items()}


@pytest.mark.parametrize("name", COMPARED)
def test_answers_with_torchvision_s_weights_are_its_own(name: str) -> None:
    with torch.device("meta"):
        network = Network(plain(default(name), SIDE))
    module = filled(theirs(name))
    network.modules.to_empty(device="cpu")
    weights = network.modules.state_dict()
    network.modules.load_state_dict(named_as(list(weights), module.state_dict()), strict=True)
    network.set_training(False)
    x = torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        (ours,) = network.predict({"image": x}).values()
        expected = module(x)
    assert expected.std() > 0.01 * expected.abs().max(), "answers that are all alike would say nothing"
    assert float((ours - expected).abs().max() / expected.abs().max()) <= AGREEMENT

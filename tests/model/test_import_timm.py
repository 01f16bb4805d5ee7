"""Networks of timm, drawn here: the same weights, and the same answers."""

from __future__ import annotations

import pytest
import torch
from torchvision_parity import drawn_key, outputs, shapes_of

from workbench.core.errors import UsageError
from workbench.model.network import Network
from workbench.model.weights import load_into
from workbench.project.importing import bring_in

timm = pytest.importorskip("timm")
NAMES = (
    "resnet26d", "mobilenetv3_small_050", "convnext_atto", "regnety_002", "tf_mobilenetv3_small_100", "ghostnet_050",
    "resnest14d", "skresnet18", "ecaresnet26t",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_network(name: str) -> None:
    brought = bring_in(f"timm:{name}")
    assert brought.imported.unread == ()
    assert brought.problems == ()
    module = timm.create_model(name, pretrained=False).eval()
    for key, tensor in module.state_dict().items():
        if key.endswith("running_var"):
            tensor.uniform_(0.5, 1.5, generator=torch.Generator().manual_seed(3))
    network = Network(brought.project.graph)
    assert {drawn_key(key) for key in network.modules.state_dict()} == set(shapes_of(module))
    load_into(network.modules, module.state_dict())
    ours, theirs = outputs(network, brought.project.graph, module)
    assert float((ours - theirs).abs().max() / theirs.abs().max()) <= 1e-5


def test_a_name_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean resnet26d"):
        bring_in("timm:resnet26dd")

"""Networks of torchvision, drawn here: the same weights by the same names, and the same answers."""

from __future__ import annotations

import pytest
import torch
from torch import fx, nn
from torchvision import models
from torchvision_parity import SMALL, parity

from workbench.core.errors import UsageError
from workbench.core.names import prefixes
from workbench.layers.spec import REGISTRY
from workbench.model.imports.spec import importer_for
from workbench.model.network import Network
from workbench.model.translation.traced import traced
from workbench.model.weights import load_into
from workbench.project.importing import bring_in


@pytest.mark.parametrize("name", SMALL)
def test_it_is_the_same_network(name: str) -> None:
    found = parity(name)
    assert found.is_whole
    assert found.has_same_weights
    assert found.difference is not None
    assert found.difference <= 1e-5


def test_a_name_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean resnet50"):
        bring_in("torchvision:resnet500")
    with pytest.raises(UsageError, match="nothing that can be imported"):
        importer_for("net.xyz")


def test_auxiliary_heads_have_losses_of_their_own_and_are_no_answers() -> None:
    graph = bring_in("torchvision:googlenet").project.graph
    weights = {node.name: node.params.get("weight") for node in graph if node.layer == "CrossEntropyLoss"}
    assert weights == {"loss": None, "aux_logits2_loss": 0.3, "aux_logits1_loss": 0.3}
    assert [node.name for node in graph if node.layer == "Output"] == ["scores"]


def test_stages_are_folded_and_stand_apart() -> None:
    graph = bring_in("torchvision:resnet50").project.graph
    seen = [prefix for prefix in graph.groups if not any(each in graph.groups for each in prefixes(prefix))]
    assert seen == ["layer1", "layer2", "layer3", "layer4"]
    assert "layer1.0" in graph.groups, "blocks are groups inside the stages"
    places = {graph.groups[prefix].position for prefix in seen}
    alone = [node for node in graph if not any(each in graph.groups for each in prefixes(node.name))]
    assert len(places | {node.position for node in alone}) == len(seen) + len(alone)
    inside = [node.position for node in graph if node.name.startswith("layer1.0.")]
    assert len(set(inside)) == len(inside)


class Odd(nn.Module):
    """Calls of every awkward sort."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.again = nn.Conv2d(4, 4, 3, padding=1)
        self.rnn = nn.LSTM(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x) * 0.5
        x = self.again(self.again(x))
        left, right = x.chunk(2, 1)
        x = torch.cat([left, right.relu()], 1)
        x = torch.special.i0(x)
        return x.view(x.size(0), -1)


def test_what_is_not_understood_stays_as_a_placeholder_and_the_rest_is_read() -> None:
    with torch.device("meta"):
        module = Odd()
    layer = REGISTRY["Input"].model_validate({"shape": (3, 8, 8)})
    found = traced(module, layer, (3, 8, 8))
    assert [(each.node, each.kind) for each in found.unread] == [("special_i0", "special_i0")]
    layers = {node.name: node.layer for node in found.graph}
    assert layers["conv"] == "Conv2d"
    assert layers["scale"] == "Scale"
    assert found.graph.named("again_again").share_with == found.graph.named("again").id
    assert sum(layer == "Slice" for layer in layers.values()) == 2
    assert not any(name.startswith("rnn") for name in layers), "what is never called is not drawn"


class Undecided(nn.Module):
    """Goes ways that depend on the numbers."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if x.sum() > 0 else -x


def test_what_cannot_be_recorded_is_a_sentence() -> None:
    layer = REGISTRY["Input"].model_validate({"shape": (3, 8, 8)})
    with pytest.raises(UsageError, match=r"torch\.fx cannot record this network, so it is not drawn: "):
        traced(Undecided(), layer, (3, 8, 8))


def test_a_segmentation_network_scores_pixels_and_learns_from_masks() -> None:
    torch.manual_seed(0)
    module = models.get_model("lraspp_mobilenet_v3_large", weights=None, weights_backbone=None).eval()
    brought = bring_in("torchvision:lraspp_mobilenet_v3_large")
    assert brought.problems == ()
    target = next(node for node in brought.project.graph if node.layer == "Target")
    assert target.params["kind"] == "mask"
    assert target.params["classes"][:2] == ["__background__", "aeroplane"]
    network = Network(brought.imported.graph)
    load_into(network.modules, module.state_dict())
    network.set_training(False)
    x = torch.rand(1, 3, 224, 224)
    run = fx.Interpreter(network.predict_program, garbage_collect_values=False)
    start = brought.imported.graph.named("image")
    mean, std = (torch.tensor(start.params[key]).reshape(-1, 1, 1) for key in ("mean", "std"))
    with torch.no_grad():
        run.run(x)
        wanted = module((x - mean) / std)["out"]
    found = run.env[network.predict_ports[brought.imported.outputs["out"]]]
    assert (found - wanted).abs().max() <= 1e-5 * wanted.abs().max()


class Recurrent(nn.Module):
    """A module whose result has several tensors, one of which is used, and one of a table in it."""

    def __init__(self) -> None:
        super().__init__()
        self.gru, self.lstm = nn.GRU(8, 8, batch_first=True), nn.LSTM(8, 8, batch_first=True)
        self.fc = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, _ = self.gru(x.mean(1))
        _, (hidden, _) = self.lstm(y)
        found: torch.Tensor = self.fc(hidden[-1])
        return found


def test_a_module_that_gives_several_tensors_is_one_placeholder() -> None:
    with torch.device("meta"):
        module = Recurrent()
    found = traced(module, REGISTRY["Input"].model_validate({"shape": (3, 8, 8)}), (3, 8, 8))
    assert [(each.node, each.kind) for each in found.unread][:2] == [("gru", "GRU"), ("lstm", "LSTM")]
    wires = {(found.graph.nodes[e.source.node].name, found.graph.nodes[e.target.node].name) for e in found.graph.edges}
    assert ("gru", "lstm") in wires

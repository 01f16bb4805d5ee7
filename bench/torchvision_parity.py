"""Every convolutional classifier of torchvision: drawn here, it has the same weights and gives the same answers.

    python bench/torchvision_parity.py [NAME ...]     without names all of them

Each is read by its name, built from the graph, and given the weights of torchvision's module, whose batch-norm
statistics are random. Compared are the names and the number of the weights and the outputs for one picture, in eval
mode. Networks with more than 150 million weights are compared in structure alone. Left out are the classifiers that
are no convolutional networks: vit, swin, maxvit.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchvision import models

from workbench.core.graph import Graph
from workbench.model.network import Network
from workbench.model.weight_names import ALONE
from workbench.model.weights import load_into
from workbench.project.importing import bring_in

OTHERS = ("vit", "swin", "maxvit")
LARGEST = 150_000_000
AGREEMENT = 1e-5  # of the largest number of the output
SMALL = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "mnasnet0_5", "mobilenet_v2",
    "mobilenet_v3_small", "regnet_x_400mf", "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1", "vgg11_bn",
    "inception_v3",
)  # fmt: skip


@dataclass(frozen=True)
class Parity:
    """How a network that was drawn here compares with torchvision's.

    Attributes:
        nodes: how many it has.
        is_whole: whether everything of it was understood.
        has_same_weights: whether the names and shapes of its weights are the same, as far as names can be drawn.
        difference: of the outputs, as a share of the largest; None where they were not compared.
    """

    nodes: int
    is_whole: bool
    has_same_weights: bool
    difference: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is the same network."""
        return self.is_whole and self.has_same_weights and (self.difference is None or self.difference <= AGREEMENT)


def names() -> list[str]:
    """Returns the convolutional classifiers."""
    return [name for name in models.list_models(module=models) if not name.startswith(OTHERS)]


def theirs(name: str) -> nn.Module:
    """Returns torchvision's module with random weights and random running statistics."""
    settings = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    module: nn.Module = models.get_model(name, weights=None, **settings)
    generator = torch.Generator().manual_seed(0)
    for key, tensor in module.state_dict().items():
        if key.endswith("running_mean"):
            tensor.normal_(0, 0.1, generator=generator)
        elif key.endswith("running_var"):
            tensor.uniform_(0.5, 1.5, generator=generator)
    return module.eval()


def drawn_key(key: str) -> str:
    """Returns a weight's name without what differs where a name cannot be drawn."""
    return key.removesuffix(ALONE).replace("-", "_")


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Returns the shape of each weight."""
    return {drawn_key(key): tuple(each.shape) for key, each in module.state_dict().items()}


def outputs(network: Network, graph: Graph, module: nn.Module) -> tuple[Tensor, Tensor]:
    """Returns what both give for one picture: this program normalises it in the Input node, torchvision before."""
    params = next(node.params for node in graph if node.layer == "Input")
    picture = torch.rand(1, *params["shape"], generator=torch.Generator().manual_seed(1))
    mean, std = (torch.tensor(params.get(key, [usual])).view(-1, 1, 1) for key, usual in (("mean", 0.0), ("std", 1.0)))
    network.set_training(False)
    with torch.no_grad():
        return next(iter(network.predict({"image": picture}).values())), module((picture - mean) / std)


def parity(name: str) -> Parity:
    """Compares one network."""
    brought = bring_in(f"torchvision:{name}")
    graph = brought.project.graph
    if brought.imported.unread or brought.problems:
        return Parity(len(graph.nodes), is_whole=False, has_same_weights=False)
    module = theirs(name)
    network = Network(graph)
    same = shapes_of(network.modules) == shapes_of(module)
    if not same or sum(each.numel() for each in module.parameters()) > LARGEST:
        return Parity(len(graph.nodes), is_whole=True, has_same_weights=same)
    load_into(network.modules, module.state_dict())
    ours, other = outputs(network, graph, module)
    return Parity(len(graph.nodes), True, same, float((ours - other).abs().max() / other.abs().max()))


def main() -> int:
    """Prints a line for each network."""
    met = 0
    wanted = sys.argv[1:] or names()
    for name in wanted:
        found = parity(name)
        met += found.is_met
        difference = "not compared" if found.difference is None else f"{found.difference:.1e}"
        print(f"{name:<22} {found.nodes:>5} nodes  {'same' if found.is_met else 'OTHER'}  {difference}", flush=True)
    print(f"{met} of {len(wanted)} are the same")
    return 0 if met == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())

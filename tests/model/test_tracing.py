"""What torch.fx records of modules that branch on sizes, take parts, or are recorded while others run."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from workbench.core.errors import UsageError
from workbench.core.graph import Graph
from workbench.layers.spec import REGISTRY
from workbench.model.network import Network
from workbench.model.translation.imported import Imported
from workbench.model.translation.indexing import parts_of
from workbench.model.translation.traced import Traced, traced
from workbench.model.translation.tracing import Tracer
from workbench.model.weights import load_into
from workbench.project.importing import project_of

SHAPE = (3, 8, 8)


def read(module: nn.Module, shape: tuple[int, ...] = SHAPE) -> Traced:
    return traced(module.to("meta"), REGISTRY["Input"].model_validate({"shape": shape}), shape)


def answers(graph: Graph, module: nn.Module, found: Traced, shape: tuple[int, ...] = SHAPE) -> tuple[torch.Tensor, ...]:
    project = project_of(Imported(graph, "here", outputs=found.outputs))
    network = Network(project.graph)
    load_into(network.modules, module.state_dict())
    network.set_training(False)
    x = torch.rand(2, *shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        return next(iter(network.predict({"image": x}).values())), module.eval()(x)


class Sizes(nn.Module):
    """Goes a way that follows from the size of what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        margin = max(7 - x.shape[-1], 0)
        if x.shape[2] < 7:
            x = F.pad(x, [margin // 2, margin - margin // 2, 0, 1])
        return x.relu() if x.size(1) == 4 else -x


class Parts(nn.Module):
    """Takes parts of tensors in every way."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        left, right = x[:, :3], x[:, 3:, :, ::2]
        row = x[:, 1:4, -1][:, :, None]
        column = x[..., 2:3][:, :3].expand_as(left) * left
        pair = torch.stack([left, column], dim=1)
        both = pair.sum(dim=1)
        return torch.cat(
            [both.mean((2, 3)), right.mean((2, 3)), row.mean((2, 3)), F.softmax(row[:, :, 0], 1)[..., 0]], 1
        )


@pytest.mark.parametrize("cls", [Sizes, Parts])
def test_it_gives_the_same(cls: type[nn.Module]) -> None:
    torch.manual_seed(0)
    module = cls()
    weights = {key: each.clone() for key, each in module.state_dict().items()}
    found = read(module)
    assert found.unread == ()
    whole = cls()
    whole.load_state_dict(weights)
    ours, theirs = answers(found.graph, whole, found)
    assert torch.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(
    "index",
    [
        (slice(0, 1),),
        0,
        None,
        (slice(None), slice(None, None, -1)),
        (slice(None), torch.tensor([0, 1])),
        (slice(None), True),
    ],
    ids=str,
)
def test_parts_that_no_layer_takes(index: object) -> None:
    with pytest.raises(ValueError, match=r"samples|not understood|greater than or equal to 1"):
        list(parts_of(index, (2, *SHAPE)))


class Numbers(nn.Module):
    """Goes a way that depends on how many samples there are."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if x.shape[0] > 2 else -x


def test_a_way_that_depends_on_the_number_of_samples_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot record this network"):
        read(Numbers())


class Slow(nn.Module):
    """Lets another thread run a network while it is recorded."""

    def __init__(self, others: nn.Module) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.seen: list[torch.Tensor | Exception] = []
        self._others = [others]  # in a list, so that it is no module of this one

    def _run(self) -> None:
        try:
            self.seen.append(self._others[0](torch.ones(1, 3, 8, 8)))
        except Exception as error:
            self.seen.append(error)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        thread = threading.Thread(target=self._run)
        thread.start()
        thread.join()
        scores: torch.Tensor = self.conv(x)
        return scores


def test_a_network_that_learns_on_another_thread_is_not_disturbed() -> None:
    """torch.fx replaces the call of every module in the process while it records."""
    others = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
    expected = others(torch.ones(1, 3, 8, 8))
    module = Slow(others)
    graph = Tracer(SHAPE).trace(module)
    assert [node.op for node in graph.nodes] == ["placeholder", "call_module", "output"]
    (seen,) = module.seen
    assert isinstance(seen, torch.Tensor), repr(seen)
    assert torch.equal(seen, expected)

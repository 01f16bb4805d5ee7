"""What the engine has for the other families: gathered gradients, rising weights, modules with rules of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.graph_factories import changed
from tests.training.factories import dataset, graph, job, logged
from workbench.core.graph import Graph
from workbench.data.config import AugmentSettings
from workbench.model import network as network_module
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training import checkpoint
from workbench.training.engine import Trainer, TrainingJob, train
from workbench.training.events import EpochEnded, RunEnded, StepEnded

STILL = AugmentSettings()


def plain(folder: Path, **settings: Any) -> TrainingJob:
    """A training without dropout, batch norm or augmentation, so that batches can be put together."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=("a", "b", "c"), scores=3))
    x = builder.add("Linear", "fc", builder.add("Flatten", "flatten", builder.image()), out_features=3)
    builder.classify(x)
    given: dict[str, Any] = {
        "optimizer": "SGD",
        "optimizers": {"SGD": {"momentum": 0.0}},
        "schedule": "constant",
        **settings,
    }
    return replace(job(folder, augment=STILL, **given), graph=builder.graph())


def test_gathered_gradients_are_those_of_the_larger_batch(tmp_path: Path) -> None:
    small = plain(tmp_path / "a", accumulate=2, epochs=2)
    large = plain(tmp_path / "b", epochs=2)
    large = replace(large, data=large.data.model_copy(update={"batch_size": 16}))
    ends = [[event for event in train(each) if isinstance(event, StepEnded)] for each in (small, large)]
    assert [event.step for event in ends[0]] == [event.step for event in ends[1]]
    assert [event.samples for event in ends[0]] == [event.samples for event in ends[1]] == [16, 16, 16, 12] * 2
    for one, two in zip(ends[0][:3], ends[1][:3], strict=True):
        assert one.loss == pytest.approx(two.loss, rel=1e-5)


def test_a_run_with_gathered_gradients_resumes_to_the_bit(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(job(whole, accumulate=3, checkpoint_steps=1)))
    events = train(job(parts, accumulate=3, checkpoint_steps=1))
    for event in events:
        if isinstance(event, StepEnded) and event.step == 4:
            break
    events.close()
    list(train(job(parts, accumulate=3, resume=True)))
    assert logged(whole) == logged(parts)


def test_the_weight_of_a_loss_rises_over_its_warm_up(tmp_path: Path) -> None:
    warm = changed(graph(), "loss", params={"weight": 2.0, "warmup_steps": 4})
    trainer = Trainer(replace(job(tmp_path), graph=warm))
    losses = {"loss": torch.tensor(3.0)}
    found = [float(trainer.network.objective(losses, step)) for step in range(6)]
    assert found == [0.0, 1.5, 3.0, 4.5, 6.0, 6.0]
    assert float(trainer.network.objective(losses)) == 6.0, "what is validated is measured with the whole weight"
    steps = [event.loss for event in train(replace(job(tmp_path / "run"), graph=warm)) if isinstance(event, StepEnded)]
    assert steps[0] == 0.0
    assert steps[4] > 0.0


class Counting(nn.Module):
    """A module that learns by a rule of its own and remembers something about each sample."""

    sample_indices: Tensor | None = None

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))
        self.sample_state: dict[str, Tensor] = {}
        self.calls: list[str] = []

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            assert self.sample_indices is not None
            seen = self.sample_state.get("seen", torch.zeros(60))
            self.sample_state["seen"] = seen.index_add(0, self.sample_indices, torch.ones(len(x)))
        return x + self.weight.detach()

    def update(self) -> None:
        self.calls.append("update")
        self.weight += 1.0

    def after_step(self) -> None:
        self.calls.append("after_step")
        self.weight.clamp_(max=4.0)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Graph:
    """A graph whose node `own` is a `Counting`."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=("a", "b", "c"), scores=3))
    x = builder.add("Linear", "fc", builder.add("Flatten", "flatten", builder.image()), out_features=3)
    builder.classify(builder.add("Identity", "own", x))
    put = network_module._put

    def other(root: nn.Module, name: str, module: nn.Module) -> None:
        put(root, name, Counting() if name == "own" else module)

    monkeypatch.setattr(network_module, "_put", other)
    return builder.graph()


def test_a_module_with_a_rule_of_its_own_learns_by_it_alone(tmp_path: Path, counting: Graph) -> None:
    trainer = Trainer(replace(job(tmp_path, augment=STILL), graph=counting))
    assert set(trainer.run.weights) == {"fc.weight", "fc.bias"}
    assert trainer.network.trained() == 3 * 64 + 3 + 3
    for batch in list(trainer.batches["train"].epoch(0))[:2]:
        assert trainer._learn([batch])
    own = trainer.network.modules.get_submodule("own")
    assert isinstance(own, Counting)
    assert own.calls == ["update", "after_step"] * 2
    assert own.weight.tolist() == [2.0] * 3


def test_a_frozen_module_does_not_learn_by_its_rule(counting: Graph) -> None:
    node = counting.named("own")
    network = Network(counting.with_node(replace(node, frozen=True)))
    network.end_step()
    own = network.modules.get_submodule("own")
    assert isinstance(own, Counting)
    assert own.calls == []


def test_what_is_remembered_about_samples_survives_a_resume(tmp_path: Path, counting: Graph) -> None:
    def at(folder: Path, resume: bool = False) -> TrainingJob:
        return replace(job(folder, augment=STILL, checkpoint_steps=1, resume=resume), graph=counting)

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(at(whole)))
    events = train(at(parts))
    for event in events:
        if isinstance(event, StepEnded) and event.step == 10:
            break
    events.close()
    list(train(at(parts, resume=True)))
    found = [checkpoint.newest(folder / "checkpoints", "step")[0] for folder in (whole, parts)]
    for each in found:
        assert each is not None
        seen = each.tensors["samples.own.seen"].numpy()
        assert np.array_equal(seen, np.full(60, 3.0)), "three epochs over sixty samples"
    assert logged(whole) == logged(parts)


def test_a_network_of_own_rules_alone_trains_without_an_optimiser(tmp_path: Path, counting: Graph) -> None:
    node = counting.named("fc")
    events = list(train(replace(job(tmp_path, augment=STILL), graph=counting.with_node(replace(node, frozen=True)))))
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"
    assert len([event for event in events if isinstance(event, EpochEnded)]) == 3
    assert dataset().size("train") == 60

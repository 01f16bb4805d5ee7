"""Trainings in stages: a head first, then the rest; layer by layer; losses that come and go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.factories import CLASSES, graph, job, logged
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training import checkpoint
from workbench.training.config import Stage, TrainingConfig
from workbench.training.engine import Trainer, TrainingJob, train
from workbench.training.events import EpochEnded, RunEnded, StepEnded
from workbench.training.rates import learning_rate, rate_of_run

HEAD_FIRST: list[dict[str, Any]] = [{"epochs": 1, "train": ["fc"]}, {"epochs": 2, "lr": 0.001}]


def weights(folder: Path, step: int) -> dict[str, torch.Tensor]:
    found = checkpoint.read(folder / "checkpoints" / f"step-{step:06d}")
    return {key.removeprefix("model."): each for key, each in found.tensors.items() if key.startswith("model.")}


def test_only_the_nodes_of_a_stage_learn_and_the_others_stand_still(tmp_path: Path) -> None:
    made = job(tmp_path, stages=HEAD_FIRST)
    before = {name: each.clone() for name, each in Trainer(made).network.modules.state_dict().items()}
    steps = [event.step for event in train(made) if isinstance(event, EpochEnded)]
    assert len(steps) == 3
    first, last = weights(tmp_path, steps[0]), weights(tmp_path, steps[2])
    changed = {name for name in before if not torch.equal(before[name], first[name])}
    assert changed == {"fc.weight", "fc.bias"}, "statistics of batch norm stand still too"
    assert {name for name in before if not torch.equal(first[name], last[name])} == set(before)


def test_each_stage_goes_through_the_schedule_with_its_own_rate(tmp_path: Path) -> None:
    config = TrainingConfig(stages=[{"epochs": 2}, {"epochs": 3, "lr": 0.5}], lr=0.1)  # type: ignore[arg-type]
    assert config.total_epochs == 5
    assert [rate_of_run(config, step, 10) for step in range(20)] == [
        learning_rate(config, step, 20, 10) for step in range(20)
    ]
    second = config.model_copy(update={"lr": 0.5})
    assert [rate_of_run(config, step, 10) for step in range(20, 50)] == [
        learning_rate(second, step, 30, 10) for step in range(30)
    ]
    plain = TrainingConfig(epochs=4)
    assert plain.total_epochs == 4
    assert [rate_of_run(plain, step, 5) for step in range(20)] == [
        learning_rate(plain, step, 20, 5) for step in range(20)
    ]


@pytest.mark.parametrize("stop", [3, 8, 11])
def test_a_staged_run_resumes_to_the_bit(tmp_path: Path, stop: int) -> None:
    """In the first stage, at the seam (an epoch has 8 steps) and in the second."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(job(whole, stages=HEAD_FIRST, checkpoint_steps=1)))
    events = train(job(parts, stages=HEAD_FIRST, checkpoint_steps=1))
    for event in events:
        if isinstance(event, StepEnded) and event.step == stop:
            break
    events.close()
    list(train(job(parts, stages=HEAD_FIRST, resume=True)))
    assert logged(whole) == logged(parts)
    end = weights(whole, 24), weights(parts, 24)
    assert all(torch.equal(end[0][name], end[1][name]) for name in end[0])


def two_heads() -> Graph:
    """A network with a head for each of two losses, the second one behind a layer of its own."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=CLASSES, scores=3))
    trunk = builder.add("Flatten", "flatten", builder.image())
    label = builder.add("Target", "label", classes=CLASSES)
    builder.add("CrossEntropyLoss", "near", builder.add("Linear", "near_fc", trunk, out_features=3), label)
    deep = builder.add("ReLU", "relu", builder.add("Linear", "hidden", trunk, out_features=5))
    builder.add("CrossEntropyLoss", "far", builder.add("Linear", "far_fc", deep, out_features=3), label)
    return builder.graph()


def heads(folder: Path, *stages: dict[str, Any]) -> TrainingJob:
    return replace(job(folder, stages=list(stages)), graph=two_heads())


def test_a_loss_that_is_left_out_costs_nothing_and_teaches_nothing(tmp_path: Path) -> None:
    made = heads(tmp_path, {"losses": {"far": 0}}, {"losses": {"near": 0.25}})
    trainer = Trainer(made)
    program = trainer.network._train
    assert program is not None
    assert "near_fc" in str(program.code)
    assert "hidden" not in str(program.code), "only what the losses need runs"
    before = {name: each.clone() for name, each in trainer.network.modules.state_dict().items()}
    ends = [event for event in train(made) if isinstance(event, EpochEnded)]
    assert {"loss", "accuracy"} <= set(ends[0].train)
    assert not any("." in name for name in ends[0].train)
    assert {"loss.near", "loss.far"} <= set(ends[1].train)
    both = ends[1].validation
    assert both["loss"] == pytest.approx(0.25 * both["loss.near"] + both["loss.far"])
    first = weights(tmp_path, ends[0].step)
    assert {name for name in before if not torch.equal(before[name], first[name])} == {"near_fc.weight", "near_fc.bias"}


def test_patience_waits_for_the_last_stage(tmp_path: Path) -> None:
    stages = [{"epochs": 3, "lr": 1e-12}, {"epochs": 4, "lr": 1e-12}]
    events = list(train(job(tmp_path, stages=stages, patience=1, monitor="accuracy")))
    epochs = [event.epoch for event in events if isinstance(event, EpochEnded)]
    assert epochs == [1, 2, 3, 4, 5]
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "early_stop"


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"train": ["fc9"]}, r'no node or group "fc9" that could learn\. There are: .*conv, bn, .*fc'),
        ({"losses": {"gain": 1.0}}, r'no loss node "gain"\. There are: loss'),
        ({"losses": {"loss": 0.0}}, "leaves out every loss"),
        ({"train": ["relu"]}, "no weights that can be trained"),
    ],
)
def test_a_stage_that_cannot_be_is_refused_before_anything_is_on_disk(
    tmp_path: Path, stage: dict[str, Any], message: str
) -> None:
    with pytest.raises(WorkbenchError, match=message):
        list(train(job(tmp_path / "run", stages=[{"epochs": 1}, stage])))
    assert not (tmp_path / "run").exists()


def test_a_group_names_all_its_members(tmp_path: Path) -> None:
    drawn = graph()
    nodes = {
        id_: replace(node, name=f"body.{node.name}") if node.name in ("conv", "bn") else node
        for id_, node in drawn.nodes.items()
    }
    made = replace(job(tmp_path, stages=[{"train": ["body"]}]), graph=replace(drawn, nodes=nodes))
    assert set(Trainer(made).run.weights) == {"body.conv.weight", "body.conv.bias", "body.bn.weight", "body.bn.bias"}


def test_stages_come_from_plain_json() -> None:
    config = TrainingConfig.model_validate({"stages": HEAD_FIRST})
    assert config.stages == (Stage(epochs=1, train=("fc",)), Stage(epochs=2, lr=0.001))
    assert TrainingConfig.model_validate(config.model_dump(mode="json")) == config
    with pytest.raises(ValueError, match="loss must be 0 to"):
        TrainingConfig.model_validate({"stages": [{"losses": {"loss": -1.0}}]})

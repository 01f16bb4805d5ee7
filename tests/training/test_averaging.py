"""The moving average of the weights: what it is, who uses it, and that a run goes on with it as if never stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.training import factories
from workbench.data.batches import Batches
from workbench.training import checkpoint, engine, state
from workbench.training.averaging import Averaged
from workbench.training.control import Control
from workbench.training.evaluation import evaluate
from workbench.training.events import EpochEnded, RunEnded, SnapshotTaken, StepEnded, Warned

SETTINGS: dict[str, Any] = {"epochs": 3, "average_decay": 0.9, "average_steps": 2, "monitor": "loss"}


def test_it_is_the_average_that_the_formula_says() -> None:
    module = nn.BatchNorm1d(2)
    average = Averaged(module, decay=0.6, every=3)
    expected, taken = module.weight.detach().clone(), 0
    for step in range(1, 31):
        with torch.no_grad():
            module.weight.copy_(torch.randn(2))
            module.num_batches_tracked.add_(1)
        average.after_step(step)
        if step % 3 == 0:
            decay = min(0.6, (1 + taken) / (10 + taken)) if taken else 0.0
            expected, taken = decay * expected + (1 - decay) * module.weight.detach(), taken + 1
            torch.testing.assert_close(average.tensors()["weight"], expected)
    assert average.count == taken == 10
    assert int(average.tensors()["num_batches_tracked"]) == 30  # a count is not averaged


def test_the_network_has_its_own_weights_again_also_after_an_error() -> None:
    module = nn.Linear(2, 2)
    average = Averaged(module, decay=0.9, every=1)
    with torch.no_grad():
        module.weight.add_(1)
    before = module.weight.detach().clone()

    def fails_in_it() -> None:
        with average.applied():
            assert torch.equal(module.weight, average.tensors()["weight"])
            assert not torch.equal(module.weight, before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_in_it()
    assert torch.equal(module.weight, before)


def test_the_run_is_judged_by_the_average_and_that_is_said(tmp_path: Path) -> None:
    job = factories.job(tmp_path / "run", **SETTINGS)
    events = list(engine.train(job))
    best = [event for event in events if isinstance(event, EpochEnded) and event.is_best][-1]
    found, _ = checkpoint.newest(job.folder.checkpoints, "best")
    assert found is not None
    run = state.start(job.graph, job.config, state.model_weights(found))
    for split, told in (("validation", best.validation), ("test", events[-1].test)):  # type: ignore[attr-defined]
        batches = Batches(job.dataset.splits[split], job.dataset.fields, 8)
        assert evaluate(run.network, batches).values() == pytest.approx(told)
    step, _ = checkpoint.newest(job.folder.checkpoints, "step")
    assert step is not None
    assert not torch.equal(step.tensors["model.fc.weight"], step.tensors["average.fc.weight"])
    assert torch.equal(state.model_weights(step)["fc.weight"], step.tensors["average.fc.weight"])
    assert any("moving average of the weights (decay 0.9" in event.message for event in events
               if isinstance(event, Warned))  # fmt: skip


def test_a_stopped_run_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole = list(engine.train(factories.job(tmp_path / "whole", **SETTINGS)))
    control = Control()
    for event in engine.train(factories.job(tmp_path / "parts", **SETTINGS), control):
        if isinstance(event, StepEnded) and event.step == 7:
            control.cancel()
    parts = list(engine.train(factories.job(tmp_path / "parts", resume=True, **SETTINGS)))
    assert factories.logged(tmp_path / "parts")[-1] == factories.logged(tmp_path / "whole")[-1]
    assert isinstance(parts[-1], RunEnded)
    assert isinstance(whole[-1], RunEnded)
    assert parts[-1].test == whole[-1].test
    for kind in ("step", "best"):
        first, second = (checkpoint.newest(tmp_path / name / "checkpoints", kind)[0] for name in ("whole", "parts"))
        assert first is not None
        assert second is not None
        assert all(torch.equal(each, second.tensors[name]) for name, each in first.tensors.items())


def test_who_looks_on_sees_the_weights_that_are_judged(tmp_path: Path) -> None:
    control, seen = Control(), None
    job = factories.job(tmp_path / "run", **{**SETTINGS, "checkpoint_steps": 4})
    for event in engine.train(job, control):
        if isinstance(event, StepEnded) and event.step == 4:
            control.request_snapshot()
        if isinstance(event, SnapshotTaken):
            seen = event.weights["fc.weight"].copy()
        if isinstance(event, StepEnded) and event.step == 6:
            break
    at_step = checkpoint.read(job.folder.checkpoints / "step-000004")
    assert seen is not None
    assert torch.equal(torch.from_numpy(seen), at_step.tensors["average.fc.weight"])

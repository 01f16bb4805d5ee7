"""Learning-rate schedules against torch's own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch

from workbench.training.config import TrainingConfig
from workbench.training.schedules import learning_rate

STEPS, PER_EPOCH = 60, 12


def rates(**settings: Any) -> list[float]:
    config = TrainingConfig(lr=0.1, **settings)
    return [learning_rate(config, step, STEPS, PER_EPOCH) for step in range(STEPS)]


def torch_rates(make: Any) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(optimizer)
    found = []
    for _ in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step() if len(found) < STEPS else None
    return found


@pytest.mark.parametrize("warmup", [0.2, 0.5])
def test_one_cycle_is_torchs(warmup: float) -> None:
    expected = torch_rates(
        lambda optimizer: torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=STEPS, pct_start=warmup)
    )
    assert rates(schedule="one_cycle", warmup=warmup) == pytest.approx(expected, rel=1e-9)


def test_cosine_without_warmup_is_torchs() -> None:
    expected = torch_rates(lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS))
    assert rates(schedule="cosine", warmup=0.0) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_step_is_torchs() -> None:
    expected = torch_rates(
        lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, step_size=2 * PER_EPOCH, gamma=0.5)
    )
    assert rates(schedule="step", step_epochs=2, step_factor=0.5) == pytest.approx(expected)


def test_cosine_rises_in_a_line_then_falls_to_zero() -> None:
    found = rates(schedule="cosine", warmup=0.25)
    rise = found[:15]
    assert rise == sorted(rise)
    assert {round(b - a, 12) for a, b in pairwise(rise)} == {round(0.1 / 16, 12)}
    assert max(found) == pytest.approx(0.1)
    assert found[-1] < 0.001


@pytest.mark.parametrize("schedule", ["constant", "one_cycle", "cosine", "step"])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_have_rates(schedule: Any, steps: int) -> None:
    config = TrainingConfig(lr=0.1, schedule=schedule)
    found = [learning_rate(config, step, steps, 1) for step in range(steps)]
    assert all(0 < rate <= 0.1 for rate in found)

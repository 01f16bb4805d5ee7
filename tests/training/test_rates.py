"""The learning rate of every step, from the settings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch

from workbench.training.config import TrainingConfig
from workbench.training.rates import learning_rate, rate_of_run
from workbench.training.schedules.spec import REGISTRY

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
    found = rates(schedule="one_cycle", schedules={"one_cycle": {"warmup": warmup}})
    assert found == pytest.approx(expected, rel=1e-9)


def test_cosine_without_warmup_is_torchs() -> None:
    expected = torch_rates(lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS))
    found = rates(schedule="cosine", schedules={"cosine": {"warmup": 0.0}})
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("end", [0.0, 0.25])
def test_linear_is_torchs(end: float) -> None:
    expected = torch_rates(
        lambda optimizer: torch.optim.lr_scheduler.LinearLR(
            optimizer, start_factor=1.0, end_factor=end, total_iters=STEPS
        )
    )
    assert rates(schedule="linear", schedules={"linear": {"end_factor": end}}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("step_size", "gamma"), [(2, 0.5), (1, 0.9)])
def test_step_is_torchs(step_size: int, gamma: float) -> None:
    expected = torch_rates(
        lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, step_size=step_size * PER_EPOCH, gamma=gamma)
    )
    found = rates(schedule="step", schedules={"step": {"step_size": step_size, "gamma": gamma}})
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_a_warmup_rises_in_a_line_before_the_rate_falls_to_zero(schedule: str) -> None:
    found = rates(schedule=schedule, schedules={schedule: {"warmup": 0.25}})
    rise = found[:15]
    assert rise == sorted(rise)
    assert {round(b - a, 12) for a, b in pairwise(rise)} == {round(0.1 / 16, 12)}
    assert max(found) == pytest.approx(0.1)
    assert found[-1] < 0.003


@pytest.mark.parametrize("schedule", REGISTRY)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_have_rates(schedule: str, steps: int) -> None:
    config = TrainingConfig(lr=0.1, schedule=schedule)
    found = [learning_rate(config, step, steps, 1) for step in range(steps)]
    assert all(0 < rate <= 0.1 for rate in found)


def test_only_the_settings_of_the_chosen_schedule_act() -> None:
    others = {"cosine": {"warmup": 0.9}, "step": {"gamma": 0.01, "step_size": 1}}
    assert rates(schedule="linear", schedules=others) == rates(schedule="linear")
    assert rates(schedule="step", schedules=others) != rates(schedule="step")


def test_each_stage_goes_through_the_schedule_anew() -> None:
    config = TrainingConfig(schedule="linear", lr=0.1, stages=[{"epochs": 2}, {"epochs": 3, "lr": 0.5}])
    found = [rate_of_run(config, step, 1) for step in range(5)]
    assert found == pytest.approx([0.1, 0.05, 0.5, 0.5 * 2 / 3, 0.5 / 3])

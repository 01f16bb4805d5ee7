"""Every schedule of the learning rate: finite factors from 0 to 1 that begin and end as it says."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.contracts.drawing_settings import beyond_bounds, drawn_settings, some
from workbench.core.validation import sentence
from workbench.training.config import TrainingConfig
from workbench.training.rates import learning_rate, rate_of_run
from workbench.training.schedules.spec import REGISTRY, Schedule

# Those that torch has too, over `steps` steps of which an epoch has `each`; of ours the settings that make them equal.
THEIRS: dict[str, tuple[dict[str, Any], Any]] = {
    "constant": ({}, lambda optimizer, steps, each: torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0, steps)),
    "cosine": (
        {"warmup": 0.0},
        lambda optimizer, steps, each: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps),
    ),
    "exponential": (
        {},
        lambda optimizer, steps, each: torch.optim.lr_scheduler.StepLR(
            optimizer,
            each,
            REGISTRY["exponential"]().gamma,  # type: ignore[attr-defined]
        ),
    ),
    "linear": (
        {"warmup": 0.0, "end_factor": 0.1},
        lambda optimizer, steps, each: torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, steps),
    ),
    "one_cycle": (
        {"warmup": 0.3},
        lambda optimizer, steps, each: torch.optim.lr_scheduler.OneCycleLR(
            optimizer, 1.0, total_steps=steps, pct_start=0.3
        ),
    ),
    "step": (
        {"step_size": 2, "gamma": 0.5},
        lambda optimizer, steps, each: torch.optim.lr_scheduler.StepLR(optimizer, 2 * each, 0.5),
    ),
}


def factors(schedule: Schedule, steps: int, steps_per_epoch: int) -> list[float]:
    return [schedule.factor(step, steps=steps, steps_per_epoch=steps_per_epoch) for step in range(steps)]


@pytest.mark.parametrize("name", REGISTRY)
def test_it_says_what_it_is(name: str) -> None:
    cls = REGISTRY[name]
    assert cls.title[:1].isupper()
    assert (cls.__doc__ or "").strip().endswith(".")
    assert name in (TrainingConfig.model_fields["schedule"].description or "")
    for info in cls.model_fields.values():
        assert info.title
        assert info.description
        assert not info.is_required()


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_its_settings_go_through_json(name: str, data: st.DataObject) -> None:
    made = REGISTRY[name](**data.draw(drawn_settings(REGISTRY[name])))
    assert REGISTRY[name].model_validate(json.loads(made.model_dump_json())) == made
    whole = TrainingConfig(schedule=name, schedules={name: made.model_dump()})
    assert TrainingConfig.model_validate(json.loads(json.dumps(whole.as_record()))) == whole


@pytest.mark.parametrize("name", REGISTRY)
def test_a_value_just_outside_a_bound_is_refused_by_name(name: str) -> None:
    for setting, value in beyond_bounds(REGISTRY[name]):
        with pytest.raises(ValidationError) as caught:
            TrainingConfig(schedules={name: {setting: value}})
        assert sentence(caught.value, TrainingConfig).startswith(f"schedules.{name}.{setting} must be ")


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_its_factors_are_finite_and_from_0_to_1(name: str, data: st.DataObject) -> None:
    made = REGISTRY[name](**data.draw(drawn_settings(REGISTRY[name])))
    each, epochs = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 12))
    found = factors(made, each * epochs, each)
    assert all(math.isfinite(factor) and 0 <= factor <= 1 + 1e-12 for factor in found)
    assert max(found) > 0, "nothing is learnt with it"
    config = TrainingConfig(schedule=name, lr=0.3, schedules={name: made.model_dump()}, epochs=epochs)
    assert [rate_of_run(config, step, each) for step in range(each * epochs)] == [0.3 * each for each in found]


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_it_begins_and_ends_as_it_says(name: str, data: st.DataObject) -> None:
    made = REGISTRY[name](**data.draw(drawn_settings(REGISTRY[name])))
    epochs, each = data.draw(st.integers(1, 9)), 20_000
    ends = [made.factor(step, steps=epochs * each, steps_per_epoch=each) for step in (0, epochs * each - 1)]
    assert ends == pytest.approx(made.ends(epochs), abs=0.005)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("name", REGISTRY)
def test_the_shortest_runs_learn(name: str, steps: int) -> None:
    config = TrainingConfig(schedule=name, lr=0.1)
    assert all(0 < learning_rate(config, step, steps, 1) <= 0.1 for step in range(steps))


@pytest.mark.parametrize("name", [name for name in REGISTRY if name in THEIRS])
def test_it_is_torchs(name: str) -> None:
    settings, make = THEIRS[name]
    steps, each = 60, 12
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer, steps, each)
    theirs = []
    for step in range(steps):
        theirs.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step < steps - 1:
            scheduler.step()
    assert factors(REGISTRY[name](**settings), steps, each) == pytest.approx(theirs, rel=1e-6, abs=1e-12)

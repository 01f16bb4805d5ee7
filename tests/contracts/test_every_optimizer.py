"""Every optimiser: what it says it is, torch's class of its name, and goes on from its tensors to the bit."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from tests.contracts.drawing_settings import beyond_bounds, drawn_settings, some
from workbench.core.validation import sentence
from workbench.training.config import TrainingConfig
from workbench.training.optimizer_state import load_state_tensors, make_optimizer, state_tensors
from workbench.training.optimizers.spec import REGISTRY

LR, DECAY = 0.01, 0.02


def config(
    name: str, settings: dict[str, Any] | None = None, *, lr: float = LR, decay: float = DECAY
) -> TrainingConfig:
    return TrainingConfig(optimizer=name, lr=lr, weight_decay=decay, optimizers={name: settings or {}})


def weights() -> dict[str, nn.Parameter]:
    """A matrix, a bank of filters with channels last, a vector, and a single number."""
    generator = torch.Generator().manual_seed(1)
    shapes: dict[str, tuple[int, ...]] = {"matrix": (3, 4), "filters": (2, 3, 2, 2), "vector": (5,), "number": ()}
    made = {name: nn.Parameter(torch.randn(shape, generator=generator)) for name, shape in shapes.items()}
    made["filters"].data = made["filters"].data.contiguous(memory_format=torch.channels_last)
    return made


def step(optimizer: torch.optim.Optimizer, named: dict[str, nn.Parameter], number: int) -> None:
    """One step along gradients that depend on weights and number alone."""
    generator = torch.Generator().manual_seed(number)
    for weight in named.values():
        noise = torch.randn(weight.shape, generator=generator)
        weight.grad = torch.empty_like(weight).copy_(weight.detach() + noise)
    optimizer.step()


@pytest.mark.parametrize("name", REGISTRY)
def test_it_says_what_it_is(name: str) -> None:
    cls = REGISTRY[name]
    assert cls.title[:1].isupper()
    assert (cls.__doc__ or "").strip().endswith(".")
    assert name in (TrainingConfig.model_fields["optimizer"].description or "")
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
    whole = config(name, made.model_dump())
    assert TrainingConfig.model_validate(json.loads(json.dumps(whole.as_record()))) == whole


@pytest.mark.parametrize("name", REGISTRY)
def test_a_value_just_outside_a_bound_is_refused_by_name(name: str) -> None:
    for setting, value in beyond_bounds(REGISTRY[name]):
        with pytest.raises(ValidationError) as caught:
            config(name, {setting: value})
        assert sentence(caught.value, TrainingConfig).startswith(f"optimizers.{name}.{setting} must be ")


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_it_is_torchs_of_its_name(name: str, data: st.DataObject) -> None:
    """Settings go by torch's names; beta1 and beta2 are torch's `betas`."""
    settings = data.draw(drawn_settings(REGISTRY[name]))
    made = REGISTRY[name](**settings).model_dump()
    theirs: dict[str, Any] = {key: value for key, value in made.items() if not key.startswith("beta")}
    if "beta1" in made:
        theirs["betas"] = (made["beta1"], made["beta2"])
    cls = getattr(torch.optim, name)
    assert set(theirs) <= set(inspect.signature(cls).parameters)
    if theirs.get("nesterov") and not theirs.get("momentum"):
        theirs["nesterov"] = False  # torch refuses it; here it does nothing
    ours, reference = weights(), weights()
    one = make_optimizer(config(name, settings), ours)
    two = cls(list(reference.values()), lr=LR, weight_decay=DECAY, foreach=True, **theirs)
    for number in range(3):
        step(one, ours, number)
        step(two, reference, number)
    assert all(torch.equal(ours[key], reference[key]) for key in ours)


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_it_goes_on_from_its_tensors_to_the_bit(name: str, data: st.DataObject) -> None:
    made = config(name, data.draw(drawn_settings(REGISTRY[name])))
    stop = data.draw(st.integers(0, 3))
    whole, parts = weights(), weights()
    running, first = make_optimizer(made, whole), make_optimizer(made, parts)
    for number in range(5):
        step(running, whole, number)
    for number in range(stop):
        step(first, parts, number)
    stored = {key: tensor.contiguous().clone() for key, tensor in state_tensors(first, parts).items()}
    again = make_optimizer(made, parts)
    load_state_tensors(made, again, parts, stored)
    for number in range(stop, 5):
        step(again, parts, number)
    assert all(torch.equal(whole[key], parts[key]) for key in whole)
    ends = state_tensors(running, whole), state_tensors(again, parts)
    assert ends[0].keys() == ends[1].keys()
    assert all(torch.equal(ends[0][key], tensor) for key, tensor in ends[1].items())


@pytest.mark.parametrize("name", REGISTRY)
def test_a_state_that_is_not_its_own_is_refused(name: str) -> None:
    named = weights()
    first = make_optimizer(config(name), named)
    step(first, named, 0)
    stored = state_tensors(first, named)
    odd = {"optimizer.matrix.memory": torch.zeros(3, 4), **stored}
    with pytest.raises(ValueError, match=r"the optimiser keeps .* of each weight, but there is .*memory"):
        load_state_tensors(config(name), make_optimizer(config(name), named), named, odd)
    large = [key for key in stored if key.startswith("optimizer.matrix.") and stored[key].dim()]
    for key in large:
        bad, fresh = {**stored, key: torch.zeros(7)}, make_optimizer(config(name), named)
        with pytest.raises(ValueError, match=r"of matrix has the shape \(7,\) instead of \(3, 4\)"):
            load_state_tensors(config(name), fresh, named, bad)


@pytest.mark.parametrize("name", REGISTRY)
def test_it_lowers_a_quadratic(name: str) -> None:
    weight = nn.Parameter(torch.tensor([2.0, -1.5]))
    optimizer = make_optimizer(config(name, lr=0.02, decay=0.0), {"w": weight})
    for _ in range(200):
        optimizer.zero_grad()
        loss = (weight**2 * torch.tensor([1.0, 0.5])).sum()
        loss.backward()
        optimizer.step()
    before, after = 2.0**2 + 1.5**2, float((weight.detach() ** 2).sum())
    assert after < 0.9 * before, f"200 steps of 0.02 with {name} lead from {before} to {after:.3f} only"


@pytest.mark.parametrize("name", REGISTRY)
def test_a_run_may_have_no_weights_for_it(name: str) -> None:
    optimizer = make_optimizer(config(name), {})
    optimizer.step()
    assert state_tensors(optimizer, {}) == {}

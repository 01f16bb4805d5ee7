"""Batches in which one factor varies: whole groups, in an order that takes turns or follows ratios."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UsageError
from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.data.factor_sampler import groups_of
from workbench.data.spec import FACTOR, Dataset

NAMES = ("turn", "light", "who")


def dataset(counts: tuple[int, ...] = (6, 6, 6), size: int = 4) -> Dataset:
    """So many groups of each factor, shuffled; `value` is the group's number; ten samples belong to none."""
    factors = [k for k, count in enumerate(counts) for _ in range(count)]
    numbers = np.repeat(np.arange(len(factors)), size)
    numbers = np.concatenate([numbers, np.full(10, -1)])
    varying = np.concatenate([np.repeat(factors, size), np.zeros(10, np.int64)]).astype(np.int64)
    order = np.random.default_rng(0).permutation(len(numbers))
    fields = {"value": Value((1,), "vector"), FACTOR: Value((), "class", "int64", NAMES)}
    split: dict[str, Any] = {"value": numbers[order, None].astype(np.float32), FACTOR: varying[order]}
    return Dataset(fields, {"train": split}, groups={"train": numbers[order]})


def batches(data: Dataset, ratios: dict[str, float] | None = None, seed: int = 0) -> Batches:
    groups = groups_of(data, "train", ratios or {})
    return Batches(data.splits["train"], data.fields, 3, seed=seed, shuffle=True, groups=groups)


def test_a_batch_is_one_whole_group() -> None:
    data = dataset()
    found = list(batches(data).epoch(0))
    assert len(found) == len(batches(data)) == 18
    for batch in found:
        assert len(batch) == 4
        assert len(batch.fields["value"].unique()) == 1
        assert batch.fields[FACTOR].unique().tolist() == [batch.scope[FACTOR]]
    seen = {int(batch.fields["value"][0]) for batch in found}
    assert seen == set(range(18)), "each group once, and what is in no group never"


def test_factors_take_turns_so_that_a_step_can_gather_one_of_each() -> None:
    order = [batch.scope[FACTOR] for batch in batches(dataset()).epoch(0)]
    assert order == [0, 1, 2] * 6
    uneven = [batch.scope[FACTOR] for batch in batches(dataset((6, 2, 3))).epoch(0)]
    assert Counter(uneven) == {0: 6, 1: 2, 2: 3}


def test_epochs_differ_and_repeat_from_any_place() -> None:
    def values(epoch: int, start: int = 0, seed: int = 0) -> list[int]:
        return [int(batch.fields["value"][0]) for batch in batches(dataset(), seed=seed).epoch(epoch, start)]

    assert values(0) == values(0)
    assert values(0) != values(1)
    assert values(0) != values(0, seed=1)
    assert values(1, start=7) == values(1)[7:]


def test_ratios_say_how_often_a_factor_is_drawn() -> None:
    found = batches(dataset((5, 5, 200)), {"turn": 1, "light": 0, "who": 3})
    order = [batch.scope[FACTOR] for epoch in range(10) for batch in found.epoch(epoch)]
    counts = Counter(order)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.2)
    again = [batch.scope[FACTOR] for epoch in range(10) for batch in found.epoch(epoch)]
    assert order == again


@pytest.mark.parametrize(
    ("ratios", "message"),
    [
        ({"pose": 1.0}, r'data\.ratios names "pose", but the factors of the data are turn, light, who'),
        ({"turn": -1.0}, r"data\.ratios\.turn is -1"),
        ({"turn": float("nan")}, r"data\.ratios\.turn is nan"),
        ({"turn": 0.0, "light": 0.0, "who": 0.0}, "leaves no factor to draw"),
    ],
)
def test_ratios_that_cannot_be_are_refused(ratios: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        groups_of(dataset(), "train", ratios)


def test_data_without_groups_has_ordinary_batches() -> None:
    data = dataset()
    plain = Dataset(data.fields, data.splits)
    assert groups_of(plain, "train", {}) is None
    assert groups_of(data, "validation", {}) is None
    assert plain.fingerprint != data.fingerprint

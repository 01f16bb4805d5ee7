"""Batches of one varying factor out of tables: full, sparse, with classes, with angles that wrap."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest

from workbench.data.single_factor_groups import FactorGroups, SceneFactor, single_factor_groups

TABLE = np.array(list(product(range(5), range(36))))  # objects × angles, as on a turntable
FULL = {"object": SceneFactor(TABLE[:, 0], is_class=True), "angle": SceneFactor(TABLE[:, 1] * 10.0, period=360.0)}


def each(found: FactorGroups) -> list[tuple[int, Any]]:
    """Factor and members of every group."""
    numbers = np.unique(found.groups)
    assert list(numbers) == list(range(len(numbers)))
    groups = []
    for number in numbers:
        inside = found.groups == number
        assert len(set(found.factor[inside])) == 1
        groups.append((int(found.factor[inside][0]), found.order[inside]))
    return groups


def test_in_a_full_table_the_others_agree_exactly() -> None:
    found = single_factor_groups(FULL, 12)
    assert found.spread == {"object": 0.0, "angle": 0.0}
    for kind, group in each(found):
        values = TABLE[group]
        assert len(set(values[:, 1 - kind])) == 1
        assert len(set(values[:, kind])) == len(group), "no sample twice in a group"
    kinds = [kind for kind, _ in each(found)]
    assert kinds.count(0) == 36, "each angle once, with all objects"
    assert kinds.count(1) == 15, "36 angles are three batches of twelve, for five objects"
    assert {len(group) for kind, group in each(found) if kind == 1} == {12}
    for kind in (0, 1):
        assert set(found.order[found.factor == kind]) == set(range(180)), "every sample is used"


def test_the_number_of_groups_has_a_limit() -> None:
    found = single_factor_groups(FULL, 12, most=7)
    assert [kind for kind, _ in each(found)] == [0] * 7 + [1] * 7


def test_a_small_table_gives_as_many_groups_as_are_wanted() -> None:
    """36 angles give 36 groups of objects at once; with a limit both factors come equally often, and in new company."""
    found = single_factor_groups(FULL, 12, most=50)
    kinds = [kind for kind, _ in each(found)]
    assert kinds == [0] * 50 + [1] * 50
    turns = {tuple(sorted(group)) for kind, group in each(found) if kind == 1}
    assert len(turns) == 50
    assert found.spread == {"object": 0.0, "angle": 0.0}
    none = single_factor_groups({"a": FULL["angle"], "b": FULL["angle"]}, 12, most=5)
    assert len(none.order) == 0, "where nothing can be found, the search ends"


def test_small_groups_and_still_factors_make_none() -> None:
    assert {kind for kind, _ in each(single_factor_groups(FULL, 12, least=6))} == {1}, "there are five objects"
    still = {**FULL, "colour": SceneFactor(np.ones(180))}
    assert {kind for kind, _ in each(single_factor_groups(still, 12))} == {0, 1}
    twice = {"a": SceneFactor(np.array([0, 0, 0, 0, 1])), "b": SceneFactor(np.array([0, 0, 0, 0, 1]))}
    found = single_factor_groups(twice, 4, least=2)
    assert len(found.order) == len(found.groups) == len(found.factor) == 0, "both change only together"
    assert found.order.dtype == found.groups.dtype == found.factor.dtype == np.int64


def sparse(count: int = 3000) -> Mapping[str, SceneFactor]:
    random = np.random.default_rng(1)
    return {
        "shape": SceneFactor(random.integers(0, 3, count), is_class=True),
        "turn": SceneFactor(random.integers(0, 40, count) * (2 * np.pi / 39), period=2 * np.pi),
        "x": SceneFactor(random.integers(0, 32, count) / 31),
        "y": SceneFactor(random.integers(0, 32, count) / 31),
    }


def test_in_a_sparse_table_the_nearest_are_taken() -> None:
    table = sparse()
    assert not single_factor_groups(table, 16, least=8).order.size, "hardly any agree in three of four"
    found = single_factor_groups(table, 16, tolerance=0.15, most=20, least=8)
    groups = each(found)
    assert [kind for kind, _ in groups] == [0] * 20 + [1] * 20 + [2] * 20 + [3] * 20
    names = list(table)
    for kind, group in groups:
        for number, name in enumerate(names):
            away = table[name].distance(int(group[0]))[group].max()
            if number != kind:
                assert away <= 0.15 + 1e-5
                assert name == "shape" or away <= found.spread[name] + 1e-6
            elif name != "shape":
                assert away > 0.15, "what varies does so"
    assert 0 < found.spread["x"] <= 0.15 + 1e-5
    assert found.spread["shape"] == 0


def test_nothing_nearer_is_left_out() -> None:
    table = sparse()
    others = [table["shape"], table["turn"], table["y"]]
    found = single_factor_groups(
        {"x": table["x"], **{str(i): each for i, each in enumerate(others)}}, 10, tolerance=0.5, most=5
    )
    for kind, group in each(found)[:5]:
        assert kind == 0
        distance = np.max([factor.distance(int(group[0])) for factor in others], axis=0)
        outside = np.setdiff1d(np.arange(3000), group)
        assert distance[outside].min() >= distance[group].max()


def test_angles_wrap() -> None:
    angle = SceneFactor(np.array([0.0, 5.0, 180.0, 355.0]), period=360.0)
    assert angle.distance(0) == pytest.approx([0, 5 / 360, 0.5, 5 / 360])
    straight = SceneFactor(np.array([0.0, 5.0, 180.0, 355.0]))
    assert straight.distance(0) == pytest.approx([0, 5 / 355, 180 / 355, 1])
    twice_around = SceneFactor(np.array([0.0, 2 * np.pi, np.pi]), period=2 * np.pi)
    assert twice_around.distance(0) == pytest.approx([0, 0, 0.5], abs=1e-6)
    turns = np.tile([0.0, 2 * np.pi, np.pi, 3.0], 2)
    found = single_factor_groups(
        {"turn": SceneFactor(turns, period=2 * np.pi), "y": SceneFactor(np.arange(8.0))}, 4, least=2
    )
    groups = [set(map(int, turns[group] % (2 * np.pi) * 100)) for kind, group in each(found) if kind == 1]
    assert sorted(map(len, groups)) == [1, 1, 1], "the end of a turn is its beginning"
    assert sorted(len(group) for kind, group in each(found) if kind == 1) == [2, 2, 4]


def test_numbers_that_vary_together_are_one_factor() -> None:
    lamps = np.array([(0, 0), (0, 20), (10, 20), (50, -40)])
    table = np.array(list(product(range(6), range(4))))
    factors = {"who": SceneFactor(table[:, 0], is_class=True), "light": SceneFactor(lamps[table[:, 1]])}
    found = each(single_factor_groups(factors, 10))
    assert sorted(kind for kind, _ in found) == [0] * 4 + [1] * 6
    for kind, group in found:
        assert len(set(table[group][:, 1 - kind])) == 1
    assert single_factor_groups(factors, 10).spread == {"who": 0.0, "light": 0.0}
    assert factors["light"].distance(0)[:4] == pytest.approx([0, 1 / 3, 1 / 3, 1])


def test_classes_may_be_texts() -> None:
    names = np.array(["ann", "bob", "cy", "di"])[TABLE[:, 0] % 4]
    found = single_factor_groups({"name": SceneFactor(names, is_class=True), "angle": FULL["angle"]}, 8)
    assert {kind for kind, _ in each(found)} == {0, 1}


def test_seeds() -> None:
    one, same, other = (single_factor_groups(sparse(), 10, tolerance=0.2, most=5, seed=seed) for seed in (3, 3, 4))
    assert (one.order == same.order).all()
    assert one.order.shape != other.order.shape or (one.order != other.order).any()


@pytest.mark.parametrize("period", [None, 360.0])
@pytest.mark.parametrize("offset", [0, 3.6e12, 3.6e18, 3.6e300])
def test_quantities_of_any_size_are_told_apart_or_equal(period: float | None, offset: float) -> None:
    """A damaged number in a file is a strange quantity, and no number that cannot be written."""
    values = np.array([0.0, 90, 90, 180]) + offset
    values[3] = -offset or 180
    factor = SceneFactor(values, period=period)
    levels = factor.levels()
    assert levels[1] == levels[2]
    assert np.isfinite(factor.distance(0)).all()
    assert factor.distance(1)[2] == 0

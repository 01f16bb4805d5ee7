"""Tidied networks read from left to right, and nothing covers anything."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from workbench.core.layout import tidied

Sizes = dict[str, tuple[float, float]]


def sizes(count: int, chance: random.Random | None = None) -> Sizes:
    return {f"n{i}": (150.0, 60.0 if chance is None else chance.choice([60.0, 106.0, 190.0])) for i in range(count)}


def chain(count: int) -> list[tuple[str, str]]:
    return list(pairwise(f"n{i}" for i in range(count)))


def covers(boxes: Sizes, places: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    """Pairs of boxes that overlap."""
    found = []
    for a, b in combinations(boxes, 2):
        (ax, ay), (bx, by) = places[a], places[b]
        if ax < bx + boxes[b][0] and bx < ax + boxes[a][0] and ay < by + boxes[b][1] and by < ay + boxes[a][1]:
            found.append((a, b))
    return found


def test_a_short_chain_is_one_straight_line() -> None:
    places = tidied(sizes(5), chain(5))
    assert {y for _, y in places.values()} == {0.0}
    xs = [places[f"n{i}"][0] for i in range(5)]
    assert xs == sorted(set(xs))


def test_a_long_chain_runs_in_lines_about_twice_as_wide_as_high() -> None:
    boxes = sizes(60)
    places = tidied(boxes, chain(60))
    width = max(x for x, _ in places.values()) + 150
    height = max(y for _, y in places.values()) + 60
    assert 1.4 < width / height < 2.8
    assert not covers(boxes, places)
    for before, after in chain(60):
        is_next = places[after][0] > places[before][0] and places[after][1] == places[before][1]
        is_next_line = places[after][0] == 0.0 and places[after][1] > places[before][1]
        assert is_next or is_next_line


def test_a_branch_leaves_the_main_chain_straight() -> None:
    wires = [*chain(6), ("n1", "side"), ("side", "n4")]
    boxes = {**sizes(6), "side": (150.0, 60.0)}
    places = tidied(boxes, wires)
    assert len({places[f"n{i}"][1] for i in range(6)}) == 1
    assert places["side"][1] > places["n2"][1]
    assert places["side"][0] == places["n2"][0]


def test_a_target_stands_right_before_its_loss() -> None:
    places = tidied({**sizes(5), "label": (150.0, 60.0)}, [*chain(5), ("label", "n4")])
    assert places["label"][0] == places["n3"][0]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_covers_anything_whatever_the_wires(seed: int) -> None:
    chance = random.Random(seed)
    boxes = sizes(40, chance)
    wires = [(f"n{min(pair)}", f"n{max(pair)}") for pair in (chance.sample(range(40), 2) for _ in range(55))]
    places = tidied(boxes, wires)
    assert set(places) == set(boxes)
    assert not covers(boxes, places)


def test_a_circle_is_no_obstacle() -> None:
    places = tidied(sizes(3), [*chain(3), ("n2", "n0"), ("n1", "n1")])
    assert len(places) == 3


def test_nothing_is_laid_out_to_nothing() -> None:
    assert tidied({}, []) == {}


def test_between_two_lines_there_is_room_for_wires_that_run_back_and_their_shapes() -> None:
    boxes = {f"n{i}": (150.0, 112.0) for i in range(20)}
    places = tidied(boxes, chain(20))
    lines = sorted({y for _, y in places.values()})
    assert len(lines) > 1
    assert all(below - above >= 112 + 50 for above, below in pairwise(lines))

"""What stands in a cluster stays together when a network is tidied, and nothing else stands in it."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from workbench.core.clusters import Cluster, tidied_in_clusters
from workbench.core.frames import Area, contains, laid_round
from workbench.core.layout import tidied

MARGINS = (14.0, 32.0, 14.0, 10.0)
BOX = (150.0, 106.0)


def chain(count: int) -> list[tuple[str, str]]:
    return list(pairwise(f"n{i}" for i in range(count)))


def cluster(*numbers: int) -> Cluster:
    return Cluster(frozenset(f"n{i}" for i in numbers), MARGINS)


def areas(places: dict[str, tuple[float, float]]) -> dict[str, Area]:
    return {key: (*place, *BOX) for key, place in places.items()}


def round_cluster(places: dict[str, tuple[float, float]], members: Cluster) -> Area:
    return laid_round([area for key, area in areas(places).items() if key in members.members], members.margins)


def meet(one: Area, other: Area) -> bool:
    (x, y, width, height), (left, top, wide, high) = one, other
    return x < left + wide and left < x + width and y < top + high and top < y + height


@pytest.mark.parametrize("count", [1, 6, 30])
def test_without_blocks_it_is_the_plain_layout(count: int) -> None:
    sizes = {f"n{i}": BOX for i in range(count)}
    assert tidied_in_clusters(sizes, chain(count), []) == tidied(sizes, chain(count))


@pytest.mark.parametrize(("count", "clusters"), [
    (12, [cluster(3, 4, 5)]), (30, [cluster(*range(5, 17))]), (30, [cluster(*range(9)), cluster(*range(9, 20))]),
    (12, [cluster(2, 9)]), (9, [cluster(4)]), (5, [cluster(0, 1, 2, 3, 4)]),
    (20, [cluster(*range(15)), cluster(3, 4), cluster(6, 7, 8)]),
])  # fmt: skip
def test_strangers_stand_outside_a_block(count: int, clusters: list[Cluster]) -> None:
    places = tidied_in_clusters({f"n{i}": BOX for i in range(count)}, chain(count), clusters)
    assert not [(a, b) for a, b in combinations(places, 2) if meet(areas(places)[a], areas(places)[b])]
    for each in clusters:
        around = round_cluster(places, each)
        assert not [key for key, area in areas(places).items() if key not in each.members and meet(around, area)]
    for one, other in combinations(clusters, 2):
        inner, outer = sorted((one, other), key=lambda b: len(b.members))
        if inner.members < outer.members:
            assert contains(round_cluster(places, outer), round_cluster(places, inner))
        else:
            assert not meet(round_cluster(places, one), round_cluster(places, other))


def test_a_block_stands_level_with_its_neighbours() -> None:
    places = tidied_in_clusters({f"n{i}": BOX for i in range(6)}, chain(6), [cluster(2, 3)])
    assert len({y for _, y in places.values()}) == 1


def test_of_two_blocks_that_cut_each_other_the_smaller_one_counts() -> None:
    small, large = cluster(2, 3), cluster(3, 4, 5, 6)
    sizes = {f"n{i}": BOX for i in range(9)}
    assert tidied_in_clusters(sizes, chain(9), [large, small]) == tidied_in_clusters(sizes, chain(9), [small])


def test_two_frames_round_the_same_boxes_lie_in_each_other() -> None:
    places = tidied_in_clusters({f"n{i}": BOX for i in range(6)}, chain(6), [cluster(2, 3), cluster(2, 3)])
    assert places["n4"][0] - places["n3"][0] >= 150 + 2 * 14


@pytest.mark.parametrize("seed", range(5))
def test_any_network_with_any_blocks_is_laid_out(seed: int) -> None:
    dice = random.Random(seed)
    sizes = {f"n{i}": (150.0, dice.choice([60.0, 106.0, 190.0])) for i in range(25)}
    wires = [(f"n{dice.randrange(25)}", f"n{dice.randrange(25)}") for _ in range(30)]
    clusters = [cluster(*(dice.randrange(25) for _ in range(dice.randrange(1, 9)))) for _ in range(6)] + [cluster()]
    places = tidied_in_clusters(sizes, wires, clusters)
    whole = {key: (*places[key], *size) for key, size in sizes.items()}
    assert not [(a, b) for a, b in combinations(whole, 2) if meet(whole[a], whole[b])]

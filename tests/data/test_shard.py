"""The parts of a batch that processes take: together the whole, each sample once, whatever their number."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.data.factor_sampler import Groups
from workbench.data.shard import Shard


@pytest.mark.parametrize("samples", [0, 1, 2, 3, 7, 8, 64])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("least", [1, 2])
def test_parts_follow_each_other_and_are_the_whole(samples: int, size: int, least: int) -> None:
    parts = [range(samples)[Shard(rank, size, least).part(samples)] for rank in range(size)]
    assert [number for part in parts for number in part] == list(range(samples))
    sizes = [len(part) for part in parts if part]
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert all(count >= min(least, samples) for count in sizes)


def test_whole_batches_are_taken_in_turns() -> None:
    takers = [[rank for rank in range(3) if range(5)[Shard(rank, 3).part_of_whole(5, number)]] for number in range(6)]
    assert takers == [[0], [1], [2], [0], [1], [2]]


@pytest.mark.parametrize(("samples", "batch_size"), [(23, 5), (24, 8), (9, 4)])
@pytest.mark.parametrize("size", [2, 4])
def test_an_epoch_is_that_of_one_process_cut_into_parts(samples: int, batch_size: int, size: int) -> None:
    split = {"x": np.arange(samples, dtype=np.float32)[:, None]}
    fields = {"x": Value((1,), "vector", "float32")}

    def epoch(shard: Shard | None) -> list[list[int]]:
        batches = Batches(split, fields, batch_size, seed=3, shuffle=True, shard=shard)
        return [batch.indices.tolist() for batch in batches.epoch(1)]

    parts = [epoch(Shard(rank, size)) for rank in range(size)]
    assert [[number for part in step for number in part] for step in zip(*parts, strict=True)] == epoch(None)


def test_groups_stay_whole_and_begin_anywhere() -> None:
    split = {"x": np.arange(12, dtype=np.float32)[:, None]}
    fields = {"x": Value((1,), "vector", "float32")}
    groups = Groups(tuple(torch.arange(start, start + 3) for start in (0, 3, 6, 9)), (0, 1, 0, 1))
    batches = [Batches(split, fields, 3, shuffle=True, groups=groups, shard=Shard(rank, 2)) for rank in (0, 1)]
    sizes = [[len(batch) for batch in each.epoch(0)] for each in batches]
    assert sizes == [[3, 0, 3, 0], [0, 3, 0, 3]]
    assert {batch.total for each in batches for batch in each.epoch(0)} == {3}
    for each, counts in zip(batches, sizes, strict=True):
        assert [len(batch) for batch in each.epoch(0, 1)] == counts[1:]


def test_indices_of_one_process_rise_as_those_of_the_whole() -> None:
    bounds = [Shard(rank, 3).part(10) for rank in range(3)]
    assert all(first.stop == second.start for first, second in pairwise(bounds))

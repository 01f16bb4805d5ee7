"""Batches: every sample once an epoch, in an order that can be taken up anywhere."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
import torch

from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.data.config import AugmentSettings

FIELDS = {"image": Value((3, 4, 5), "map", "uint8"), "label": Value((), "class", "int64")}


def batches(count: int = 23, size: int = 5, **settings: object) -> Batches:
    images = np.arange(count * 60).reshape(count, 3, 4, 5).astype(np.uint8)
    split = {"image": images, "label": np.arange(count)}
    return Batches(split, FIELDS, size, **settings)  # type: ignore[arg-type]


def labels(found: Batches, epoch: int, start: int = 0) -> list[list[int]]:
    return [batch.fields["label"].tolist() for batch in found.epoch(epoch, start)]


def test_every_sample_comes_once_and_in_another_order_each_epoch() -> None:
    found = batches(shuffle=True, seed=4)
    first, second = labels(found, 0), labels(found, 1)
    for epoch in (first, second):
        assert sorted(chain.from_iterable(epoch)) == list(range(23))
    assert first != second
    assert first != labels(batches(shuffle=True, seed=5), 0)
    assert [len(batch) for batch in first] == [5, 5, 5, 5, 3]


def test_an_epoch_can_be_taken_up_anywhere() -> None:
    found = batches(shuffle=True, seed=4)
    assert labels(found, 3, start=2) == labels(found, 3)[2:]


def test_without_shuffling_the_order_is_the_datas() -> None:
    assert labels(batches(), 0) == [list(range(i, min(i + 5, 23))) for i in range(0, 23, 5)]


@pytest.mark.parametrize(("count", "shuffle", "expected"), [(21, True, 4), (21, False, 5), (1, True, 1), (20, True, 4)])
def test_a_last_batch_of_one_is_left_out_of_training_only(count: int, shuffle: bool, expected: int) -> None:
    found = batches(count, shuffle=shuffle)
    assert len(found) == expected
    assert len(list(found.epoch(0))) == expected


def test_pictures_come_whole_with_channels_last() -> None:
    found = batches(shuffle=True)
    batch = next(found.epoch(0))
    images = batch.fields["image"]
    expected = np.arange(23 * 60).reshape(23, 3, 4, 5).astype(np.uint8)[batch.indices.numpy()]
    assert np.array_equal(images.numpy(), expected)
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert images.dtype == torch.uint8


def test_augmentation_follows_the_samples_not_the_batches() -> None:
    settings = AugmentSettings(shift=1, rotate=10)
    small, large = (batches(size=size, augmentation=settings, seed=9) for size in (2, 23))
    one = torch.cat([batch.fields["image"] for batch in small.epoch(2)])
    (other,) = (batch.fields["image"] for batch in large.epoch(2))
    assert torch.equal(one, other)
    assert one.dtype == torch.float32


def test_switched_off_augmentation_leaves_bytes() -> None:
    batch = next(batches(augmentation=AugmentSettings()).epoch(0))
    assert batch.fields["image"].dtype == torch.uint8

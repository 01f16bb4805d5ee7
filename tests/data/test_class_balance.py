"""Rare classes: weights of the loss, and samples drawn equally often."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight

from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.data.class_balance import class_weights, counts_of, sample_weights
from workbench.data.spec import Dataset

COUNTS = (700, 200, 100)
LABELS = np.repeat(np.arange(3), COUNTS)


def dataset() -> Dataset:
    fields = {"image": Value((1, 2, 2), "map", "uint8"), "label": Value((), "class", "int64", ("a", "b", "c"))}
    arrays: Any = {"image": np.zeros((1000, 1, 2, 2), np.uint8), "label": LABELS}
    return Dataset(fields, {"train": arrays})


def test_weights_are_those_that_others_call_balanced() -> None:
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    assert np.allclose(class_weights(counts_of(dataset(), "label")), theirs, rtol=1e-3)


def test_classes_that_do_not_occur_or_count_have_the_weight_one() -> None:
    assert class_weights(np.array([30, 0, 10, 999]), ignored=3) == (0.6667, 1.0, 2.0, 1.0)


def test_pixels_of_masks_are_counted() -> None:
    masks = np.zeros((5, 4, 4), np.int64)
    masks[:, 0] = 1
    data = Dataset({"mask": Value((4, 4), "mask", "int64", ("a", "b"))}, {"train": {"mask": masks}})
    assert counts_of(data, "mask").tolist() == [60, 20]


def test_balanced_batches_have_each_class_equally_often() -> None:
    data = dataset()
    weights = sample_weights(data, "train")
    batches = Batches(data.splits["train"], data.fields, 50, seed=4, shuffle=True, weights=weights)
    epochs = [torch.cat([batch.fields["label"] for batch in batches.epoch(number)]) for number in range(3)]
    for labels in epochs:
        assert len(labels) == 1000
        assert (torch.bincount(labels) - 333).abs().max() < 60
    assert not torch.equal(epochs[0], epochs[1])
    again = torch.cat([batch.fields["label"] for batch in batches.epoch(1, start=5)])
    assert torch.equal(again, epochs[1][250:])


def test_without_classes_there_is_nothing_to_balance() -> None:
    data = Dataset({"x": Value((2,), "vector")}, {"train": {"x": np.zeros((3, 2), np.float32)}})
    assert sample_weights(data, "train") is None

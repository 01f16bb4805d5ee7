from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from workbench.core.resources import resource
from workbench.data.idx_file import read_idx
from workbench.data.idx_names import find_pairs
from workbench.data.sources.digits import Digits

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_digits.py"


def test_as_many_of_each_class() -> None:
    dataset = Digits().load(Path("anywhere"))
    assert dataset.fields["image"].shape == (1, 28, 28)
    assert dataset.fields["label"].classes == tuple("0123456789")
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 6000, "test": 1000}
    assert set(np.bincount(dataset.splits["train"]["label"])) == {600}
    assert set(np.bincount(dataset.splits["test"]["label"])) == {100}
    assert dataset.notes == ()


def test_they_are_shuffled_pictures_of_digits() -> None:
    train = Digits().load(Path())
    labels, images = train.splits["train"]["label"], train.splits["train"]["image"]
    assert len(set(labels[:50])) == 10
    assert images.mean() / 255 == pytest.approx(0.1307, abs=0.005)
    ink = [images[labels == digit].mean() for digit in range(10)]
    assert ink[1] == min(ink)  # a one has the least ink, a nought the most
    assert ink[0] == max(ink)


def test_they_are_small_and_given_credit() -> None:
    files = list(resource("digits").iterdir())
    assert sum(file.stat().st_size for file in files) < 1_500_000
    text = resource("digits/ATTRIBUTION.md").read_text()
    assert "LeCun" in text
    assert "CC BY-SA 3.0" in text


def test_the_script_draws_these_very_digits(shared_data: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_digits", SCRIPT)
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    pair = find_pairs(shared_data / "MNIST" / "raw")[0]["train"]
    images, labels = script.draw(read_idx(pair.images), read_idx(pair.labels), 600)
    assert (images == read_idx(resource("digits/train-images-idx3-ubyte.gz"))).all()
    assert (labels == read_idx(resource("digits/train-labels-idx1-ubyte.gz"))).all()
    assert script.packed(labels) == script.packed(labels)

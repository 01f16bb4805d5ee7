from __future__ import annotations

import numpy as np
import pytest

from workbench.core.values import Value
from workbench.data.config import DataConfig
from workbench.data.spec import SPLITS, Dataset
from workbench.data.splits import assigned, complete, parted


def dataset(counts: list[int], *splits: str) -> Dataset:
    """As many samples of each class, shuffled; `number` tells the samples of a split apart."""
    labels = np.random.default_rng(3).permutation(np.repeat(np.arange(len(counts)), counts))
    fields = {"number": Value(()), "label": Value((), "class", "int64", tuple(map(str, range(len(counts)))))}
    arrays = {"number": np.arange(len(labels)), "label": labels}
    return Dataset(fields, dict.fromkeys(splits or ("train",), arrays))


def config(test: float = 0.15, validation: float = 0.1, seed: int = 0) -> DataConfig:
    return DataConfig(test_share=test, validation_share=validation, seed=seed)


def test_no_sample_is_in_two_splits_and_none_is_lost() -> None:
    cut = complete(dataset([40, 60]), config())
    assert list(cut.splits) == ["train", "validation", "test"]
    numbers = np.concatenate([arrays["number"] for arrays in cut.splits.values()])
    assert sorted(numbers) == list(range(100))
    assert {split: cut.size(split) for split in cut.splits} == {"train": 77, "validation": 8, "test": 15}


def test_fields_stay_together_and_in_order() -> None:
    whole = dataset([40, 60])
    labels = whole.splits["train"]["label"]
    for arrays in complete(whole, config()).splits.values():
        assert (np.diff(arrays["number"]) > 0).all()
        assert (arrays["label"] == labels[arrays["number"]]).all()


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("share", [0.01, 0.1, 0.15, 0.3, 0.5, 0.9, 0.99])
def test_every_class_gives_its_share(seed: int, share: float) -> None:
    counts = list(np.random.default_rng(seed).integers(1, 60, 12))
    cut = complete(dataset(counts), config(test=share, validation=0, seed=seed))
    test = np.bincount(cut.splits["test"]["label"], minlength=12) if "test" in cut.splits else np.zeros(12)
    train = np.bincount(cut.splits["train"]["label"], minlength=12)
    assert (np.abs(test - share * np.array(counts)) <= 1).all()
    assert (train >= 1).all()
    if share <= 0.5:
        assert abs(test.sum() - share * sum(counts)) <= 0.5 + counts.count(1)


def test_every_class_keeps_a_training_sample_after_both_cuts() -> None:
    cut = complete(dataset([1, 2, 3, 4]), config(test=0.9, validation=0.9))
    assert set(cut.splits["train"]["label"]) == {0, 1, 2, 3}


def test_shares_like_a_tenth_are_exact() -> None:
    cut = complete(dataset([30] * 10), config(test=0, validation=0.1))
    assert set(np.bincount(cut.splits["validation"]["label"])) == {3}


def test_the_seed_decides() -> None:
    whole = dataset([40, 60])
    assert complete(whole, config()).fingerprint == complete(whole, config()).fingerprint
    assert complete(whole, config(seed=1)).fingerprint != complete(whole, config()).fingerprint
    test = complete(whole, config()).splits["test"]["number"]
    assert (complete(whole, config(validation=0.3)).splits["test"]["number"] == test).all()


def test_what_there_is_stays() -> None:
    given = dataset([40, 60], "train", "test")
    cut = complete(given, config())
    assert {split: cut.size(split) for split in cut.splits} == {"train": 90, "validation": 10, "test": 100}
    assert cut.splits["test"] is given.splits["test"]
    assert list(complete(dataset([9], "validation", "train"), config()).splits) == ["train", "validation"]
    assert complete(dataset([9], "train", "validation", "test"), config()).size("train") == 9


def test_a_share_of_0_makes_no_split() -> None:
    assert list(complete(dataset([40]), config(test=0, validation=0)).splits) == ["train"]
    assert list(complete(dataset([40]), config(test=0)).splits) == ["train", "validation"]
    assert list(complete(dataset([40]), config(validation=0)).splits) == ["train", "test"]


def test_without_classes_the_cut_is_random() -> None:
    whole = Dataset({"number": Value(())}, {"train": {"number": np.arange(1000)}})
    cut = complete(whole, config())
    assert {split: cut.size(split) for split in cut.splits} == {"train": 765, "validation": 85, "test": 150}
    assert abs(cut.splits["test"]["number"].mean() - 500) < 60


def test_too_few_samples_for_a_split_are_told() -> None:
    cut = complete(dataset([3]), config())
    assert list(cut.splits) == ["train"]
    assert cut.notes == (
        "There are too few samples for a test split of 15%.",
        "There are too few samples for a validation split of 10%.",
    )


@pytest.mark.parametrize(("test", "validation"), [(0.15, 0.1), (0.3, 0.0), (0.0, 0.2), (0.0, 0.0)])
@pytest.mark.parametrize(
    "splits", [("train",), ("train", "test"), ("train", "validation"), ("train", "validation", "test")]
)
def test_samples_get_before_they_are_read_the_splits_that_they_would_get_later(
    splits: tuple[str, ...], test: float, validation: float
) -> None:
    labels = np.random.default_rng(1).integers(0, 4, 120)
    of_split = np.sort(np.arange(120) % len(splits))
    places = np.array([SPLITS.index(split) for split in splits])[of_split]
    fields = {"number": Value(()), "label": Value((), "class", "int64", tuple("abcd"))}
    arrays = {"number": np.arange(120), "label": labels}
    cut = complete(Dataset(fields, parted(places, arrays)), config(test, validation, seed=5))
    early = assigned(config(test, validation, seed=5), places, labels)
    assert {split: list(np.flatnonzero(early == SPLITS.index(split))) for split in cut.splits} == {
        split: list(each["number"]) for split, each in cut.splits.items()
    }

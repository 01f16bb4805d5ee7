"""Samples are found by number, class, labels and words, chosen by what the network says, and sorted."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.errors import UsageError
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.inspection.browsing import AS_READ, BY_CLASS, MIXED, samples_of
from workbench.inspection.portraits import thumbnail
from workbench.inspection.sample_search import (
    BY_ANSWER,
    BY_LOSS,
    LEAST_SURE,
    RIGHT,
    SUREST,
    WRONG,
    SampleChoice,
    is_quick,
    listed,
    matches,
    missing_for,
)
from workbench.training.verdicts import SampleLosses, Verdicts

WORDS = ("", "�", "good", "film", "dull", "goods")
CHOICES = [
    (SampleChoice(order=AS_READ), [0, 1, 2, 3, 4]),
    (SampleChoice(order=BY_CLASS), [0, 1, 4, 2, 3]),
    (SampleChoice(order=BY_LOSS), [3, 2, 4, 1, 0]),
    (SampleChoice(order=BY_LOSS, text="dog"), [3, 2]),
    (SampleChoice(order=BY_ANSWER), [0, 2, 1, 3, 4]),
    (SampleChoice(order=SUREST), [0, 2, 4, 1, 3]),
    (SampleChoice(order=LEAST_SURE), [3, 1, 4, 2, 0]),
    (SampleChoice(answers=WRONG, order=SUREST), [2, 4, 1]),
    (SampleChoice(answers=WRONG, order=BY_LOSS, of_class=0), [4, 1]),
    (SampleChoice(answers=RIGHT, order=AS_READ), [0, 3]),
]


def texts() -> Dataset:
    rows = [[2, 3, 0], [4, 3, 0], [5, 0, 0], [1, 3, 2], [3, 3, 0]]
    fields = {
        "text": Value((3,), "tokens", "int64", WORDS),
        "label": Value((), "class", "int64", ("Cat", "Big dog")),
    }
    return Dataset(fields, {"test": {"text": np.array(rows), "label": np.array([0, 0, 1, 1, 0])}})


VERDICTS = Verdicts(
    np.array([0.1, 0.9, 1.6, 2.0, 1.2]),
    ("Cat", "Big dog"),
    np.array([0, 0, 1, 1, 0]),
    np.array([0, 1, 0, 1, 1]),
    np.array([0.9, 0.6, 0.8, 0.5, 0.7]),
)


@pytest.mark.parametrize(("text", "found"), [
    ("3", [3]), ("#3", [3]), ("cat", [0, 1, 4]), ("BIG dog", [2, 3]), ("good", [0, 2, 3]), ("good film", [0, 3]),
    ("film cat", [0, 1, 4]), ("good 3", [3]), ("nothing", []), ("#cat", []), ("9", []), ("  ", [0, 1, 2, 3, 4]),
])  # fmt: skip
def test_a_sample_is_found_by_number_class_and_words(text: str, found: list[int]) -> None:
    assert np.flatnonzero(matches(texts(), "test", text)).tolist() == found


def test_words_of_texts_in_characters_are_found_by_their_characters() -> None:
    value = Value((3,), "tokens", "int64", ("", "�", "好", "电", "影"))
    data = Dataset({"text": value}, {"test": {"text": np.array([[2, 3, 4], [3, 0, 0], [2, 4, 0], [3, 2, 4]])}})
    assert matches(data, "test", "电影").tolist() == [True, False, False, False]
    assert matches(data, "test", "电").tolist() == [True, True, False, True]
    assert matches(data, "test", "电影好电").tolist() == [False] * 4


@pytest.mark.parametrize(("text", "found"), [
    ("subject:2", [1, 2]), ("label:2", [0]), ("2", [0, 1, 2]), ("rating:4", [0, 2]), ("rating:4 subject:2", [2]),
    ("rating:x", []), ("nobody:2", []), ("Rating:4.5", [1]),
])  # fmt: skip
def test_a_word_may_be_of_one_field(text: str, found: list[int]) -> None:
    names = ("1", "2")
    fields = {
        "label": Value((), "class", "int64", names),
        "subject": Value((), "class", "int64", names),
        "rating": Value((), "scalar"),
    }
    arrays = {"label": np.array([1, 0, 0]), "subject": np.array([0, 1, 1]), "rating": np.array([4, 4.5, 4])}
    assert np.flatnonzero(matches(Dataset(fields, {"test": arrays}), "test", text)).tolist() == found


def test_labels_are_searched_and_chosen() -> None:
    value = Value((3,), "vector", classes=("sea", "sky", "tree"))
    data = Dataset({"labels": value}, {"test": {"labels": np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], np.float32)}})
    assert matches(data, "test", "sea sky").tolist() == [True, False, False]
    assert listed(data, "test", SampleChoice(of_class=1, order=AS_READ)).tolist() == [0, 1]
    assert [sample.label for sample in samples_of(data, "test", [0, 2])] == ["sea, sky", "tree"]


def test_masks_are_chosen_by_the_classes_in_them() -> None:
    masks = np.zeros((2000, 30, 30), np.int64)
    masks[[3, 1999], 7, 7] = 1
    fields = {"image": Value((1, 30, 30), dtype="uint8"), "mask": Value((30, 30), "mask", "int64", ("ground", "tree"))}
    data = Dataset(fields, {"test": {"image": masks[:, None].astype(np.uint8), "mask": masks}})
    assert listed(data, "test", SampleChoice(of_class=1, order=AS_READ)).tolist() == [3, 1999]
    assert not is_quick(data, "test", SampleChoice(of_class=1))
    assert is_quick(data, "test", SampleChoice())
    assert missing_for(data, BY_CLASS)
    assert samples_of(data, "test", [3])[0].label == "3"


@pytest.mark.parametrize(("choice", "numbers"), CHOICES)
def test_samples_are_chosen_and_sorted_by_what_the_network_says(choice: SampleChoice, numbers: list[int]) -> None:
    assert listed(texts(), "test", choice, VERDICTS).tolist() == numbers


def test_a_network_without_classes_has_losses_alone() -> None:
    losses = SampleLosses(VERDICTS.loss)
    assert listed(texts(), "test", SampleChoice(order=BY_LOSS), losses).tolist() == [3, 2, 4, 1, 0]
    with pytest.raises(UsageError, match="no classes apart"):
        listed(texts(), "test", SampleChoice(answers=WRONG), losses)
    (sample,) = samples_of(texts(), "test", [2], losses)
    assert sample.label == "loss 1.6\nBig dog"


def test_what_is_said_of_a_sample_has_its_loss() -> None:
    first, second = (samples_of(texts(), "test", [2], VERDICTS, by_loss=by_loss)[0] for by_loss in (False, True))
    assert first.label == "said Cat (80%)\nis Big dog"
    assert "loss 1.6" in first.details
    assert second.label == "loss 1.6\nsaid Cat (80%)\nis Big dog"


def test_orders_that_data_cannot_have_say_why() -> None:
    data = Dataset({"x": Value((2,), "vector")}, {"test": {"x": np.zeros((4, 2))}})
    assert missing_for(data, BY_CLASS) == "This data has no classes."
    assert missing_for(data, MIXED) == ""
    assert missing_for(texts(), BY_CLASS) == ""


def test_large_texts_are_no_quick_search() -> None:
    value = Value((300,), "tokens", "int64", WORDS)
    data = Dataset({"text": value}, {"test": {"text": np.zeros((5000, 300), np.int64)}})
    assert not is_quick(data, "test", SampleChoice(text="good"))
    assert is_quick(data, "test", SampleChoice(order=BY_LOSS))
    assert is_quick(texts(), "test", SampleChoice(text="good"))


def test_thumbnails_are_no_larger_than_they_are_drawn() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 3, 200, 100)).astype(np.uint8)
    data = Dataset({"image": Value((3, 200, 100), dtype="uint8")}, {"test": {"image": pixels}})
    shown = thumbnail(data, "test", 1, 50).pixels
    assert shown is not None
    assert shown.shape == (50, 25, 3)
    whole = thumbnail(data, "test", 1, 256).pixels
    assert whole is not None
    assert np.array_equal(whole, pixels[1].transpose(1, 2, 0))

"""What a person is told about data before anything is trained on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.core.values import Value
from workbench.data.class_names import alike, class_names
from workbench.data.notes import data_notes
from workbench.data.spec import FACTOR, Dataset


def dataset(classes: list[str], train: list[int], test: list[int] | None = None, picture: Any = 200) -> Dataset:
    splits = {
        split: {"image": np.full((len(labels), 1, 2, 2), picture, np.uint8), "label": np.array(labels, np.int64)}
        for split, labels in (("train", train), ("test", test))
        if labels is not None
    }
    fields = {"image": Value((1, 2, 2), "map", "uint8"), "label": Value((), "class", "int64", tuple(classes))}
    return Dataset(fields, splits)


def test_sound_data_needs_no_words() -> None:
    assert data_notes(dataset(["a", "b"], [0, 1, 1], [0, 1])) == ()


@pytest.mark.parametrize(("classes", "labels"), [(["only"], [0, 0]), (["a", "b"], [1, 1])])
def test_one_class_alone(classes: list[str], labels: list[int]) -> None:
    notes = data_notes(dataset(classes, labels, labels))
    assert notes[0].startswith(f'All samples are of one class, "{classes[labels[0]]}"')


def test_classes_that_nobody_has() -> None:
    notes = data_notes(dataset([str(i) for i in range(40)], [0, 1, 2, 39], [0, 1]))
    assert notes[0].startswith("Of 40 classes 4 occur; nobody has 3, 4, 5, 6, 7 and 31 more.")
    assert notes[0].endswith('The largest is "39", with 1 of 6 samples: a mistake?')
    (note,) = data_notes(dataset(["a", "b", "c"], [0, 2], [0, 2]))
    assert note == "Of 3 classes 2 occur; nobody has b."


@pytest.mark.parametrize(("far", "numbers"), [(77, range(5)), (1000, range(3))])
def test_numbers_with_a_gap(far: int, numbers: range) -> None:
    classes = [*map(str, numbers), str(far)]
    labels = list(range(len(classes)))
    (note,) = data_notes(dataset(classes, labels, labels))
    assert note == (
        f"The classes are numbers with a gap: after {numbers[-1]} comes {far}, with 2 of {2 * len(labels):,} samples: "
        "a mistake?"
    )


def test_classes_nobody_is_trained_on() -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    notes = data_notes(dataset(names, [0], [1, 2, 3, 4, 5]))
    advice = "Move some into the training part."
    assert notes[:3] == tuple(f'Class "{name}" has no samples to train with. {advice}' for name in "bcd")
    assert notes[3] == "2 more classes have no samples to train with: e, f."


def test_classes_that_no_result_speaks_of() -> None:
    (note,) = data_notes(dataset(["a", "b", "c"], [0, 1, 2], [0, 1, 1]))
    assert note == "1 class has no test samples, so results on the test say nothing of them: c."
    assert data_notes(dataset(["a", "b", "c"], [0, 1, 2], [0, 1])) == (), "there is no room for all"


@pytest.mark.parametrize(("level", "advice"), [(1, "white=1"), (15, "white=LEVEL"), (31, "white=LEVEL")])
def test_pictures_that_are_nearly_black(level: int, advice: str) -> None:
    (note,) = data_notes(dataset(["a", "b"], [0, 1], [0, 1], picture=level))
    assert f"no value of image is above {level} of 255" in note
    assert advice in note
    assert data_notes(dataset(["a", "b"], [0, 1], [0, 1], picture=40)) == ()


def test_classes_that_are_factors_are_held_out_on_purpose() -> None:
    plain = dataset(["a", "b", "c"], [0, 0], [1, 1])
    assert len(data_notes(plain)) == 3
    fields = {**plain.fields, FACTOR: Value((), "class", "int64", ("turn", "light"))}
    splits = {split: {**arrays, FACTOR: np.zeros(2, np.int64)} for split, arrays in plain.splits.items()}
    assert data_notes(Dataset(fields, splits)) == ()


def test_names_are_keys_and_never_the_same() -> None:
    assert class_names(["a\u202eb", "a<U+202E>b", "a\u0308", "\u00e4"]) == (
        "a<U+202E>b",
        "a<U+202E>b (2)",
        "ä",
        "ä (2)",
    )
    long = "z" * 3000
    assert len(set(class_names([long + "1", long + "2", long + "3"]))) == 3


@pytest.mark.parametrize(
    ("names", "groups"),
    [(["Cat", "cat", "dog"], [("Cat", "cat")]), (["a b", "ab", "A B"], [("a b", "ab", "A B")]), (["a", "b"], [])],
)
def test_names_that_are_alike(names: list[str], groups: list[tuple[str, ...]]) -> None:
    assert alike(names) == groups

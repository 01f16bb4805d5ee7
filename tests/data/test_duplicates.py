"""Samples that are there twice are counted, named and told, with what to do; nothing is said of others."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.values import Value
from workbench.data import duplicates
from workbench.data.config import DataConfig
from workbench.data.duplicates import duplicate_notes, found_copies
from workbench.data.loading import load
from workbench.data.spec import FACTOR, Dataset

RANDOM = np.random.default_rng(0)


def pictures(*levels: int) -> Any:
    """Pictures that are the same where their numbers are."""
    return np.stack([np.random.default_rng(level).integers(0, 256, (3, 5, 7), np.uint8) for level in levels])


def dataset(train: Any, test: Any = None, labels: Any = None, kind: str = "map") -> Dataset:
    splits: dict[str, dict[str, Any]] = {"train": {"image": train}}
    if test is not None:
        splits["test"] = {"image": test}
    fields = {"image": Value(train.shape[1:], kind, str(train.dtype))}
    if labels is not None:
        fields["label"] = Value((), "class", "int64", ("a", "b"))
        splits["train"]["label"] = np.array(labels)
        if test is not None:
            splits["test"]["label"] = np.zeros(len(test), np.int64)
    return Dataset(fields, splits)


def test_data_without_copies_needs_no_words() -> None:
    assert duplicate_notes(dataset(pictures(*range(9)), pictures(*range(9, 12)), [0, 1, 0] * 3)) == ()


def test_copies_among_the_training_samples_are_counted_and_named() -> None:
    (note,) = duplicate_notes(dataset(pictures(1, 2, 1, 3, 1, 3)))
    assert note == (
        "3 of 6 training samples are copies of others (train:2 is train:0, train:4 is train:0, train:5 is train:3), "
        "which count more for it. Take them out, unless that is meant."
    )
    many = duplicate_notes(dataset(pictures(*[5] * 50)))
    assert many[0].startswith(
        "49 of 50 training samples are copies of others (train:1 is train:0, train:2 is train:0, "
    )
    assert "train:3 is train:0, …)" in many[0]


def test_copies_with_another_class_are_told() -> None:
    notes = duplicate_notes(dataset(pictures(1, 2, 1, 2), labels=[0, 1, 1, 1]))
    assert notes[0].startswith("2 of 4 training samples are copies")
    assert notes[1] == (
        "1 of these copies have another label than the sample that they are a copy of (train:2 is train:0): one of the "
        "two is wrong."
    )


def test_test_samples_that_are_trained_on_are_told() -> None:
    (note,) = duplicate_notes(dataset(pictures(*range(8)), pictures(20, 3, 21, 0)))
    assert note == (
        "2 of 4 test samples are training samples too (test:1 is train:3, test:3 is train:0), so results on test are "
        "too good. Take the copies out of one of the two."
    )


def test_how_pictures_lie_in_memory_does_not_count() -> None:
    plain = pictures(1, 2, 3)
    turned = np.ascontiguousarray(plain.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    notes = duplicate_notes(dataset(turned, plain))
    assert [note[:40] for note in notes] == ["3 of 3 test samples are training samples"]


def test_one_byte_is_a_difference_wherever_it_is() -> None:
    base = RANDOM.integers(0, 256, (1, 1, 9, 11), np.uint8)
    others = np.repeat(base, 99, 0)
    others.reshape(99, -1)[np.arange(99), np.arange(99)] ^= 1
    assert duplicate_notes(dataset(np.concatenate([base, others]))) == ()


def test_sums_that_are_the_same_by_chance_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_sums", lambda arrays: np.zeros(len(arrays[0]), np.uint64))
    notes = duplicate_notes(dataset(pictures(1, 2, 1), pictures(9, 2)))
    assert notes[0].startswith("1 of 3 training samples are copies of others (train:2 is train:0)")
    assert notes[1].startswith("1 of 2 test samples are training samples too (test:1 is train:1)")


@pytest.mark.parametrize("kind", ["tokens", "vector", "mask"])
def test_what_is_alike_by_its_nature_is_not_looked_at(kind: str) -> None:
    assert duplicate_notes(dataset(np.ones((5, 4), np.float32), kind=kind)) == ()


def test_series_volumes_and_long_vectors_are_looked_at() -> None:
    for shape, kind in (((6, 2, 30), "map"), ((6, 9, 2), "sequence"), ((6, 1, 4, 5, 6), "map"), ((6, 20), "vector")):
        array = RANDOM.random(shape, np.float32)
        array[4] = array[1]
        (note,) = duplicate_notes(dataset(array, kind=kind))
        assert note.startswith("1 of 6 training samples are copies of others (train:4 is train:1)")


def test_groups_of_scenes_are_left_alone() -> None:
    plain = dataset(pictures(1, 1, 2, 2))
    fields = {**plain.fields, FACTOR: Value((), "class", "int64", ("turn",))}
    splits = {"train": {**plain.splits["train"], FACTOR: np.zeros(4, np.int64)}}
    assert duplicate_notes(Dataset(fields, splits, groups={"train": np.zeros(4, np.int64)})) == ()


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    """Class folders for training and test; one picture is in both, and one in both classes."""
    made = [Image.fromarray(each.transpose(1, 2, 0)) for each in pictures(*range(9))]
    places = {"train/a/0": 0, "train/a/1": 1, "train/b/2": 2, "train/b/3": 3, "train/b/twin": 1, "test/a/4": 4,
              "test/b/5": 5, "test/b/copy": 2}  # fmt: skip
    for name, number in places.items():
        path = tmp_path / "data" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        made[number].save(path)
    return tmp_path


def test_it_is_told_when_data_is_read(doubled: Path) -> None:
    config = DataConfig(source="folder", options={"path": "data"}, validation_share=0)
    notes = load(config, doubled).notes
    assert any(note.startswith("1 of 5 training samples are copies of others (train:4 is train:1)") for note in notes)
    assert any(note.startswith("1 of these copies have another label") for note in notes)
    assert any(note.startswith("1 of 3 test samples are training samples too (test:2 is train:2)") for note in notes)


def test_pictures_that_stay_in_their_files_are_not_read_for_it(doubled: Path) -> None:
    config = DataConfig(source="folder", options={"path": "data"}, validation_share=0, storage="files")
    assert not any("copies" in note for note in load(config, doubled).notes)


def test_places_that_are_drawn_and_tiles_may_repeat(doubled: Path) -> None:
    Image.new("RGB", (64, 64), (9, 99, 200)).save(doubled / "sky.png")
    config = DataConfig(source="natural", options={"path": "sky.png", "crops": 20, "size": 8})
    assert not any("copies" in note or "too good" in note for note in load(config, doubled).notes)


def test_real_data(shared_data: Path) -> None:
    found = load(DataConfig(source="npz", options={"path": str(shared_data / "medical/chest_xray_28.npz")}), Path())
    assert any(note.startswith("1 of 524 test samples are training samples too") for note in found.notes)
    digits = load(DataConfig(source="idx", options={"path": str(shared_data / "MNIST/raw")}), Path())
    assert not any("copies" in note or "too good" in note for note in digits.notes)


def test_only_samples_that_look_the_same_are_digested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most samples cost one pass over their bytes."""
    digested: list[object] = []
    plain = hashlib.blake2b

    def counted(**options: Any) -> Any:
        digested.append(options)
        return plain(**options)

    monkeypatch.setattr("hashlib.blake2b", counted)
    array = RANDOM.integers(0, 256, (2000, 1, 28, 28), np.uint8)
    array[1999] = array[3]
    assert len(duplicate_notes(dataset(array))) == 1
    assert len(digested) == 2


def test_the_samples_of_each_note_are_marked() -> None:
    found = found_copies(dataset(pictures(1, 2, 1, 2, 9), pictures(20, 9), labels=[0, 1, 1, 1, 0]))
    assert len(found.notes) == len(found.marked) == 3
    marked = [{split: each.tolist() for split, each in marks.items()} for marks in found.marked.values()]
    assert marked == [{"train": [0, 1, 2, 3]}, {"train": [0, 2]}, {"test": [1], "train": [4]}]

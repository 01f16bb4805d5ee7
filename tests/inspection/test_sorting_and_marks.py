"""Samples are sorted by any field of one value, found by the names of their files, and by notes about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.core.values import Value
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.inspection.browsing import AS_READ, BY_FILE, field_orders, samples_of
from workbench.inspection.sample_search import SampleChoice, listed, matches


def people() -> Dataset:
    fields = {
        "image": Value((1, 2, 2), dtype="uint8"),
        "label": Value((), "class", "int64", ("a", "b")),
        "subject": Value((), "class", "int64", ("Zoe", "anna", "Ben")),
        "age": Value((), "scalar"),
        "word": Value((1,), "tokens", "int64", ("pear", "Fig")),
        "map": Value((3,), "vector"),
    }
    part = {
        "image": np.zeros((4, 1, 2, 2), np.uint8), "label": np.array([0, 1, 0, 1]), "subject": np.array([0, 1, 2, 1]),
        "age": np.array([30.0, 20.5, 40.0, 10.0], np.float32), "word": np.array([[0], [1], [0], [1]]),
        "map": np.zeros((4, 3), np.float32),
    }  # fmt: skip
    marked = {"copies of others": {"test": np.array([1, 3])}}
    return Dataset(fields, {"test": part}, marked=marked)


@pytest.mark.parametrize(("order", "found"), [
    ("by subject", [1, 3, 2, 0]), ("by age", [3, 1, 0, 2]), ("by word", [1, 3, 0, 2]),
])  # fmt: skip
def test_samples_are_sorted_by_a_field_by_its_numbers_or_names(order: str, found: list[int]) -> None:
    assert listed(people(), "test", SampleChoice(order=order)).tolist() == found
    back = listed(people(), "test", SampleChoice(order=order, is_reversed=True)).tolist()
    assert back == found[::-1]


def test_only_fields_of_one_value_are_offered() -> None:
    assert list(field_orders(people())) == ["by subject", "by age", "by word"]


def test_those_that_a_note_is_about_are_kept() -> None:
    choice = SampleChoice(order=AS_READ, mark="copies of others")
    assert listed(people(), "test", choice).tolist() == [1, 3]
    assert listed(people(), "test", SampleChoice(order=AS_READ, mark="copies of others", of_class=0)).tolist() == []


def picture(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8))


def folder_of_pictures(place: Path) -> DataConfig:
    for name in ("cats", "dogs"):
        (place / name).mkdir(parents=True)
        for number in range(10):
            picture(hash(name) % 1000 + number if number < 9 else 7).save(place / name / f"{name[:-1]}-{number}.png")
    (place / "cats" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return DataConfig(source="folder", options={"path": str(place)})


def test_pictures_go_by_the_names_of_their_files_whatever_split_they_come_to(tmp_path: Path) -> None:
    dataset = load(folder_of_pictures(tmp_path / "pets"), tmp_path)
    for split in dataset.splits:
        assert len(dataset.files[split]) == dataset.size(split)
        for number, label in enumerate(dataset.splits[split]["label"]):
            assert dataset.file_of(split, number).startswith(("cats/cat-", "dogs/dog-")[label])
    found = np.flatnonzero(matches(dataset, "train", "DOG-"))
    assert found.tolist() == np.flatnonzero(dataset.splits["train"]["label"] == 1).tolist()
    first = listed(dataset, "train", SampleChoice(order=BY_FILE, is_reversed=True))[0]
    assert dataset.file_of("train", int(first)).startswith("dogs/")
    (sample,) = samples_of(dataset, "train", [0])
    assert sample.details.startswith(dataset.file_of("train", 0))


def test_copies_are_marked_with_what_they_are_copies_of(tmp_path: Path) -> None:
    dataset = load(folder_of_pictures(tmp_path / "pets"), tmp_path)
    everywhere = {
        dataset.file_of(split, int(number))
        for found in dataset.marked.values()
        for split, numbers in found.items()
        for number in numbers
    }
    assert everywhere == {"cats/cat-9.png", "dogs/dog-9.png"}


@pytest.mark.parametrize("source", ["masks", "pairs"])
def test_masks_and_pairs_go_by_the_names_of_their_pictures(tmp_path: Path, source: str) -> None:
    first, second = ("images", "masks") if source == "masks" else ("noisy", "clean")
    for name in (first, second):
        (tmp_path / name).mkdir()
    for number in range(8):
        picture(number).save(tmp_path / first / f"p{number}.png")
        other = picture(number + 50)
        (other.convert("1") if source == "masks" else other).save(tmp_path / second / f"p{number}.png")
    dataset = load(DataConfig(source=source, options={"path": str(tmp_path)}), tmp_path)
    for split in dataset.splits:
        for number, image in enumerate(dataset.splits[split]["image"]):
            name = dataset.file_of(split, number)
            with Image.open(tmp_path / name) as file:
                assert np.array_equal(np.asarray(file).transpose(2, 0, 1), image)

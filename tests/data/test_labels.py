"""Labels of npz files in the forms that people save: classes are made of them and told, or said not to be made."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError
from workbench.data import chunks
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.sources.npz import Npz
from workbench.data.spec import Dataset

PICTURES = np.full((6, 4, 5), 200, np.uint8)
CLASSES = np.array([2, 0, 1, 2, 0, 1])


def read(folder: Path, options: dict[str, Any] | None = None, **arrays: Any) -> Dataset:
    np.savez(folder / "a.npz", **arrays)
    return Npz(path="a.npz", **(options or {})).load(folder)


@pytest.mark.parametrize("name", ["labels", "target"])
@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.float16])
def test_one_hot_rows_become_classes(tmp_path: Path, name: str, dtype: Any) -> None:
    rows = np.eye(4)[CLASSES].astype(dtype)  # nobody has the last one, which stays a class
    dataset = read(tmp_path, x=PICTURES, **{name: rows})
    assert dataset.fields["label"].classes == ("0", "1", "2", "3")
    assert list(dataset.splits["train"]["label"]) == list(CLASSES)
    assert dataset.notes == (f'"{name}" is one-hot: its 4 columns became classes.',)


def test_one_hot_in_every_split_or_not_at_all(tmp_path: Path) -> None:
    rows = np.eye(3)[CLASSES]
    parts = {"x_train": PICTURES, "x_test": PICTURES, "y_train": rows}
    assert set(read(tmp_path, **parts, y_test=rows[::-1]).fields) == {"image", "label"}
    soft = np.full((6, 3), 1 / 3)
    dataset = read(tmp_path, **parts, y_test=soft)
    assert set(dataset.fields) == {"image", "y"}
    assert dataset.notes == ('"y" was not taken as classes: it has 3 values for each picture, and is not one-hot.',)


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_whole_floats_become_classes_unless_that_is_not_wanted(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = (CLASSES * 10.0).reshape(shape)
    dataset = read(tmp_path, x=PICTURES, y=values)
    assert dataset.fields["label"].classes == ("0", "10", "20")
    assert '"y" holds whole numbers as floats, which became classes' in dataset.notes[0]
    assert read(tmp_path, {"label": ""}, x=PICTURES, y=values).fields["y"].dtype == "float32"


@pytest.mark.parametrize(
    ("values", "reason"),
    [(np.linspace(0, 1, 6), "it holds fractions"), (np.zeros((6, 2)), "it has 2 values for each picture")],
)
def test_what_is_no_label_is_told(tmp_path: Path, values: Any, reason: str) -> None:
    dataset = read(tmp_path, x=PICTURES, y=values)
    assert set(dataset.fields) == {"image", "y"}
    assert any(f'"y" was not taken as classes: {reason}' in note for note in dataset.notes)


def test_too_many_different_values_are_told(tmp_path: Path) -> None:
    dataset = read(tmp_path, x=np.full((1001, 2, 2), 200, np.uint8), y=np.arange(1001))
    assert any("more than 1,000 different values" in note for note in dataset.notes)


def test_words_composed_otherwise_are_one_class(tmp_path: Path) -> None:
    words = np.array([unicodedata.normalize(form, word) for form in ("NFC", "NFD") for word in ("Käse", "Wurst", "Öl")])
    dataset = read(tmp_path, x=PICTURES, y=words)
    assert dataset.fields["label"].classes == ("Käse", "Wurst", "Öl")
    assert list(dataset.splits["train"]["label"]) == [0, 1, 2, 0, 1, 2]


def test_arrays_of_splits_in_other_words(tmp_path: Path) -> None:
    dataset = read(tmp_path, Training_images=PICTURES, Training_labels=CLASSES, testing_images=PICTURES[:2],
                   testing_labels=CLASSES[:2])  # fmt: skip
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 6, "test": 2}


class TestMemory:
    def test_copies_are_counted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        np.savez(tmp_path / "a.npz", x=np.zeros((100, 10, 10), np.int64))
        monkeypatch.setattr("workbench.data.limits.MOST_BYTES", 85_000)  # room for the file's array alone
        with pytest.raises(UnreadableError, match=r"it needs 90\.0 kB"):
            Npz(path="a.npz").load(tmp_path)

    @pytest.mark.parametrize("wide", [False, True])
    def test_large_arrays_are_cut_in_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, wide: bool
    ) -> None:
        numbers = np.arange(300, dtype=np.uint8 if not wide else np.float32)[:, None, None] / (300 if wide else 1)
        pictures = np.broadcast_to(numbers, (300, 4, 4)).astype(np.float32 if wide else np.uint8)
        np.savez(tmp_path / "a.npz", x=pictures, y=np.arange(300) % 3)
        config = DataConfig(source="npz", options={"path": "a.npz"})
        copied = load(config, tmp_path).fingerprint
        monkeypatch.setattr(chunks, "LARGE", 1000)
        monkeypatch.setattr(chunks, "CHUNK", 500)
        in_place = load(config, tmp_path)
        assert in_place.fingerprint == copied
        assert in_place.splits["train"]["image"].base is not None

    @pytest.mark.parametrize("source", ["npz", "folder"])
    def test_no_memory_is_a_sentence(self, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
        def load_nothing(self: object, folder: Path) -> Dataset:
            raise MemoryError

        monkeypatch.setattr(Npz, "load", load_nothing)
        monkeypatch.setattr("workbench.data.sources.folder.PictureFolder.load", load_nothing)
        with pytest.raises(UnreadableError, match="somewhere: there is not enough memory for this data"):
            load(DataConfig(source=source, options={"path": "somewhere"}), Path())

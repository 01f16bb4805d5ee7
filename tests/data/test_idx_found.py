"""IDX files under other names and in other places, and labels that are not bytes from 0 on."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError
from workbench.data.idx_names import Name, parsed
from workbench.data.sources.idx import Idx
from workbench.data.spec import Dataset

TYPES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13}
PICTURES = np.random.default_rng(0).integers(0, 256, (6, 5, 4), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def idx(array: Any, kind: str = "u1") -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, TYPES[kind], array.ndim)) + sizes + array.astype(f">{kind}").tobytes()


def write(folder: Path, split: str = "train", prefix: str = "", labels: Any = LABELS, **kinds: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{prefix}{split}-images-idx3-ubyte").write_bytes(idx(PICTURES))
    (folder / f"{prefix}{split}-labels-idx1-ubyte").write_bytes(idx(labels, **kinds))


def read(folder: Path, **options: Any) -> Dataset:
    return Idx(path=str(folder), **options).load(Path())


def refusal(folder: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "found"),
    [("train-images-idx3-ubyte", Name("", "train", "images")), ("t10k-labels.idx1-ubyte", Name("", "test", "labels")),
     ("kmnist-Testing-labels-idx1-ubyte.gz", Name("kmnist-", "test", "labels")),
     ("qmnist_train_images_idx3_int.gz", Name("qmnist_", "train", "images")), ("train-images.png", None),
     ("notes-on-train-labels.txt", None)],
)  # fmt: skip
def test_what_a_name_says(name: str, found: Name | None) -> None:
    assert parsed(name) == found


@pytest.mark.parametrize("prefix", ["fashion-", "letters_v2_"])
def test_a_beginning_in_common_is_passed_over_and_told(tmp_path: Path, prefix: str) -> None:
    for split in ("train", "test"):
        write(tmp_path, split, prefix)
    dataset = read(tmp_path)
    assert set(dataset.splits) == {"train", "test"}
    assert dataset.notes == (f'The files whose names begin with "{prefix}" were taken.',)


def test_of_several_sets_none_is_guessed(tmp_path: Path) -> None:
    for prefix in ("letters-", "digits-"):
        write(tmp_path, prefix=prefix)
    assert "the files of several sets in it (digits-, letters-). Put those of one set into a folder" in refusal(
        tmp_path
    )
    write(tmp_path)
    assert read(tmp_path).notes == ("Left out, files of other sets: digits-, letters-.",)


def test_files_in_folders_of_their_names_are_found(tmp_path: Path) -> None:
    for part, data in (("train-images-idx3-ubyte", idx(PICTURES)), ("train-labels-idx1-ubyte", idx(LABELS))):
        (tmp_path / part).mkdir()
        (tmp_path / part / part).write_bytes(data)
    assert read(tmp_path).size("train") == 6
    for path in list(tmp_path.iterdir()):  # and where the file lies beside its folder, that one counts
        (path / path.name).write_bytes(b"nothing")
        (tmp_path / path.name.replace("-idx", ".idx")).write_bytes(idx(PICTURES if "images" in path.name else LABELS))
    assert read(tmp_path).size("train") == 6


@pytest.mark.parametrize("below", ["unpacked", "MNIST/raw"])
def test_a_folder_that_all_of_them_lie_in_is_looked_into(tmp_path: Path, below: str) -> None:
    write(tmp_path / below)
    (tmp_path / "read.me").touch()
    dataset = read(tmp_path)
    assert dataset.size("train") == 6
    assert dataset.notes == (f'The files were taken from the folder "{below}" in it.',)


@pytest.mark.parametrize("kind", ["i1", "i2", "i4"])
def test_labels_of_other_whole_numbers(tmp_path: Path, kind: str) -> None:
    write(tmp_path, kind=kind)
    dataset = read(tmp_path)
    assert list(dataset.splits["train"]["label"]) == list(LABELS)
    assert dataset.splits["train"]["label"].dtype == np.int64


def test_pictures_and_fractions_of_other_types_are_refused(tmp_path: Path) -> None:
    write(tmp_path, kind="f4")
    assert "declares 32-bit floats; only whole numbers are taken" in refusal(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(PICTURES, "i4"))
    assert "declares 32-bit integers; only unsigned bytes" in refusal(tmp_path)


@pytest.mark.parametrize(("wrong", "kind"), [(-3, "i2"), (70_000, "i4")])
def test_labels_that_cannot_be_are_told(tmp_path: Path, wrong: int, kind: str) -> None:
    write(tmp_path, labels=np.array([0, 1, wrong, 0, 1, 2]), kind=kind)
    assert f"train-labels-idx1-ubyte: there is a label {wrong:,} in it" in refusal(tmp_path)


@pytest.mark.parametrize("limit", [None, 1])
def test_labels_may_begin_with_one(tmp_path: Path, limit: int | None) -> None:
    write(tmp_path, labels=LABELS + 1)
    dataset = read(tmp_path, limit=limit)
    assert dataset.fields["label"].classes[0] == "1"
    assert list(dataset.splits["train"]["label"]) == list(LABELS[:limit])
    assert dataset.notes[0].startswith("The labels begin with 1")


def test_what_is_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    (tmp_path / "train-images-idx3-ubyte").write_bytes(gzip.compress(idx(PICTURES)))
    told = refusal(tmp_path)
    assert "no file with the labels of the train split" in told
    assert "There are: cats, train-images-idx3-ubyte." in told
    (tmp_path / "train-images-idx3-ubyte").rename(tmp_path / "test-images-idx3-ubyte")
    assert "There are: cats, test-images-idx3-ubyte. Pictures in class folders are read by the data source folder" in (
        refusal(tmp_path)
    )
    assert "choose the folder that it is in" in refusal(tmp_path / "test-images-idx3-ubyte")
    (tmp_path / "empty").mkdir()
    assert "The folder is empty" in refusal(tmp_path / "empty")

"""What a folder holds and is not used is told, and what it plainly means is taken."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_for
from workbench.data.sources.folder import PictureFolder
from workbench.data.spec import Dataset
from workbench.data.split_names import split_of


def save(path: Path, colour: int = 100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (6, 4), colour).save(path)


def fill(root: Path, *classes: str, count: int = 2) -> None:
    for label in classes or ("cat", "dog"):
        for number in range(count):
            save(root / label / f"{number}.png", 100 + number)


def read(root: Path) -> Dataset:
    return PictureFolder(path=str(root)).load(Path())


def refusal(root: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(root)
    assert str(root) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "split"),
    [("train", "train"), ("TRAINING", "train"), ("training_set", "train"), ("Train-Data", "train"),
     ("trainset", "train"), ("Validation", "validation"), ("val_images", "validation"), ("valid", "validation"),
     ("Testing_set", "test"),
     ("test data", "test"), ("dev", None), ("eval", None), ("trainer", None), ("attest", None), ("set", None)],
)  # fmt: skip
def test_what_people_call_their_splits(name: str, split: str | None) -> None:
    assert split_of(name) == split


@pytest.mark.parametrize(
    ("train", "test"), [("training", "testing"), ("TRAIN", "Test_set"), ("train_images", "test_images")]
)
def test_splits_in_other_words_are_taken_and_told(tmp_path: Path, train: str, test: str) -> None:
    fill(tmp_path / train)
    fill(tmp_path / test, count=1)
    dataset = read(tmp_path)
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 4, "test": 2}
    assert any(f'"{train}" as train' in note and f'"{test}" as test' in note for note in dataset.notes)


def test_what_may_be_validation_is_named_and_not_guessed(tmp_path: Path) -> None:
    fill(tmp_path / "train")
    fill(tmp_path / "dev")
    dataset = read(tmp_path)
    assert set(dataset.splits) == {"train"}
    assert any("dev" in note and 'call one of them "validation"' in note for note in dataset.notes)


@pytest.mark.parametrize("inner", ["pets", "Data of 2021"])
def test_a_folder_that_an_unpacker_made_is_looked_into(tmp_path: Path, inner: str) -> None:
    fill(tmp_path / inner)
    (tmp_path / "__MACOSX" / inner).mkdir(parents=True)
    (tmp_path / "read.me").touch()
    dataset = read(tmp_path)
    assert dataset.fields["label"].classes == ("cat", "dog")
    assert f'Everything was taken from the folder "{inner}" in it.' in dataset.notes


def test_an_unpacked_folder_may_hold_splits(tmp_path: Path) -> None:
    fill(tmp_path / "pets" / "train")
    fill(tmp_path / "pets" / "test")
    assert set(read(tmp_path).splits) == {"train", "test"}


def test_one_class_is_no_wrapper(tmp_path: Path) -> None:
    fill(tmp_path, "cat")
    (tmp_path / "cat" / "deeper").mkdir()
    assert read(tmp_path).fields["label"].classes == ("cat",)


def test_an_error_says_what_was_found(tmp_path: Path) -> None:
    fill(tmp_path / "cat", "young", "old")
    fill(tmp_path / "dog", "young", "old")
    (tmp_path / "bird").mkdir()
    told = refusal(tmp_path)
    assert "Found: folders inside class folders (4): cat/old, cat/young, dog/old, dog/young" in told
    assert "folders with nothing in them (1): bird" in told
    assert "Put the pictures right into the class folders, or choose cat alone" in told


@pytest.mark.parametrize(
    ("names", "told"),
    [(["1.png", "2.jpg"], "or choose the data source natural"), (["a.npz"], "the data source npz for a.npz"),
     (["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"], "the data source idx for this folder"),
     (["raw/t10k-images.idx3-ubyte"], "the data source idx for this folder"),
     (["list.txt"], "files outside the class folders (1): list.txt"), ([], "Found: nothing.")],
)  # fmt: skip
def test_files_say_which_source_was_meant(tmp_path: Path, names: list[str], told: str) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert told in refusal(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
class TestLinks:
    def test_links_to_class_folders_are_followed_and_told(self, tmp_path: Path) -> None:
        fill(tmp_path / "far", "cat", "dog")
        (tmp_path / "here").mkdir()
        for label in ("cat", "dog"):
            (tmp_path / "here" / label).symlink_to(tmp_path / "far" / label)
        dataset = read(tmp_path / "here")
        assert dataset.size("train") == 4
        assert dataset.notes[0] == "Links to folders, which were followed (2): cat, dog."

    def test_a_split_may_be_a_link(self, tmp_path: Path) -> None:
        fill(tmp_path / "far")
        (tmp_path / "here").mkdir()
        (tmp_path / "here" / "train").symlink_to(tmp_path / "far")
        assert read(tmp_path / "here").fields["label"].classes == ("cat", "dog")

    def test_links_that_lead_nowhere_are_named(self, tmp_path: Path) -> None:
        for label, target in (("cat", tmp_path / "gone"), ("round", tmp_path / "here" / "round")):
            (tmp_path / "here").mkdir(exist_ok=True)
            (tmp_path / "here" / label).symlink_to(target)
        told = refusal(tmp_path / "here")
        assert "links that lead nowhere (2): cat, round" in told
        assert "Copy what the links led to" in told

    @pytest.mark.parametrize("name", ["round.png", "round"])
    def test_a_link_that_leads_round_is_only_left_out(self, tmp_path: Path, name: str) -> None:
        fill(tmp_path / "pets")
        for folder in (tmp_path, tmp_path / "pets" / "cat"):
            (folder / name).symlink_to(name)
        dataset = read(tmp_path / "pets")
        assert dataset.size("train") == 4
        assert dataset.notes == (f"Left out, links that lead nowhere (1): cat/{name}.",)
        if name == "round.png":
            assert read(tmp_path).size("train") == 4


class TestNames:
    def test_letters_composed_otherwise_are_one_class(self, tmp_path: Path) -> None:
        for label in ("Größe", "Äpfel"):
            fill(tmp_path / "train", unicodedata.normalize("NFD", label))
            fill(tmp_path / "test", unicodedata.normalize("NFC", label))
        dataset = read(tmp_path)
        assert dataset.fields["label"].classes == ("Größe", "Äpfel")
        assert [len(np.unique(arrays["label"])) for arrays in dataset.splits.values()] == [2, 2]

    def test_classes_come_in_one_order_however_their_letters_are_composed(self, tmp_path: Path) -> None:
        for form in ("NFC", "NFD"):
            for label in ("Bär", "Bison"):
                fill(tmp_path / form, unicodedata.normalize(form, label))
        classes = [read(tmp_path / form).fields["label"].classes for form in ("NFC", "NFD")]
        assert classes[0] == classes[1]

    def test_long_names_are_not_cut(self, tmp_path: Path) -> None:
        names = ("y" * 210 + "one", "y" * 210 + "two")
        fill(tmp_path, *names)
        assert read(tmp_path).fields["label"].classes == names

    @pytest.mark.parametrize("names", [("Dog", "dog"), ("big cat", "Big  cat"), ("a ", "a")])
    def test_names_that_differ_by_capitals_or_blanks_are_told(self, tmp_path: Path, names: tuple[str, str]) -> None:
        fill(tmp_path, *names)
        notes = load(DataConfig(source="folder", options={"path": str(tmp_path)}), Path()).notes
        assert any(all(f'"{name}"' in note for name in names) and "capitals or blanks" in note for note in notes)


def test_a_folder_says_which_source_reads_it(tmp_path: Path) -> None:
    fill(tmp_path / "pictures")
    (tmp_path / "bytes" / "raw").mkdir(parents=True)
    (tmp_path / "bytes" / "raw" / "train-labels.idx1-ubyte").touch()
    assert source_for(tmp_path / "pictures") == "folder"
    assert source_for(tmp_path / "bytes") == "idx"
    assert source_for(tmp_path / "a.NPY") == "npz"
    assert source_for(tmp_path / "a.txt") == ""

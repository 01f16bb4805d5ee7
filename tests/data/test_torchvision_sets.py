"""Data sets of torchvision are read as the library gives them; nothing is fetched without being asked for."""

from __future__ import annotations

import gzip
import inspect
from pathlib import Path
from typing import Any, get_args
from urllib.error import URLError

import numpy as np
import pytest
from PIL import Image

from tests.data.test_idx import idx
from workbench.core.errors import UnreadableError, UsageError
from workbench.data.choice import parse_choice
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_of
from workbench.data.sources.torchvision import Name, TorchvisionSet
from workbench.data.spec import Dataset
from workbench.data.torchvision_sets import SETS, LibrarySet

RANDOM = np.random.default_rng(0)


def loaded(root: Path, name: str, **options: object) -> Dataset:
    return TorchvisionSet.model_validate({"path": str(root), "dataset": name, **options}).load(root)


def mnist_like(root: Path, name: str, train: int = 20, test: int = 6) -> dict[str, np.ndarray[Any, Any]]:
    """The files of a data set like MNIST; returns its pictures by split."""
    pictures = {}
    for names, count in ((SETS[name].files[:2], train), (SETS[name].files[2:], test)):
        images = RANDOM.integers(0, 256, (count, 28, 28), np.uint8)
        for file, array in zip(names, (images, np.arange(count) % 10), strict=True):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(idx(array))
        pictures["train" if count == train else "test"] = images
    return pictures


def picture(path: Path, colour: tuple[int, int, int] = (200, 10, 10), size: tuple[int, int] = (20, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def test_every_name_can_be_chosen() -> None:
    assert get_args(Name) == tuple(SETS)


@pytest.mark.parametrize("each", SETS.values(), ids=SETS)
def test_the_library_takes_what_the_table_says(each: LibrarySet) -> None:
    from torchvision import datasets

    cls = getattr(datasets, each.library)
    assert "train" in each.splits
    for arguments in each.splits.values():
        asked = {**each.settings, **arguments}
        names = {*asked, "download", *(("loader",) if each.takes_loader else ())}
        known = {name for base in cls.__mro__ for name in inspect.signature(base.__init__).parameters}
        assert names <= known


def test_the_real_mnist(shared_data: Path) -> None:
    dataset = loaded(shared_data, "MNIST")
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 60_000, "test": 10_000}
    assert dataset.fields["image"].shape == (1, 28, 28)
    assert dataset.fields["label"].classes[3] == "3 - three"
    assert np.bincount(dataset.splits["test"]["label"]).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # fmt: skip


def test_names_of_classes_and_another_size(tmp_path: Path) -> None:
    made = mnist_like(tmp_path, "FashionMNIST")
    dataset = loaded(tmp_path, "FashionMNIST")
    assert (dataset.splits["train"]["image"][:, 0] == made["train"]).all()
    assert dataset.fields["label"].classes[9] == "Ankle boot"
    assert loaded(tmp_path, "FashionMNIST", width=14, height=14, channels=3).fields["image"].shape == (3, 14, 14)


def test_letters_are_upright_and_have_no_empty_class(tmp_path: Path) -> None:
    files = SETS["EMNIST-letters"].files
    pictures = RANDOM.integers(0, 256, (26, 28, 28), np.uint8)
    for names in (files[:2], files[2:]):
        for file, array in zip(names, (pictures, np.arange(26) + 1), strict=True):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes(idx(array))
    dataset = loaded(tmp_path, "EMNIST-letters")
    assert dataset.fields["label"].classes[0] == "a"
    assert dataset.splits["test"]["label"].tolist() == list(range(26))
    assert (dataset.splits["test"]["image"][5, 0] == pictures[5].T).all()
    assert any("turned upright" in note for note in dataset.notes)


def dtd(root: Path) -> Path:
    """Three classes of two pictures in each of three splits; one of them is no picture."""
    for number, name in enumerate(("banded", "dotted", "woven")):
        lines: dict[str, list[str]] = {}
        for at, split in enumerate(("train", "train", "val", "test")):
            picture(root / "dtd/dtd/images" / name / f"{at}.jpg", (80 * number, 10, 10))
            lines.setdefault(split, []).append(f"{name}/{at}.jpg\n")
        for split, found in lines.items():
            file = root / "dtd/dtd/labels" / f"{split}1.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((file.read_text("utf-8") if file.exists() else "") + "".join(found), "utf-8")
    (root / "dtd/dtd/images/woven/1.jpg").write_bytes(b"nonsense")
    return root


def test_pictures_in_files_are_read_as_those_of_any_folder(tmp_path: Path) -> None:
    dataset = loaded(dtd(tmp_path), "DTD")
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 5, "validation": 3, "test": 3}
    assert dataset.fields["label"].classes == ("banded", "dotted", "woven")
    assert dataset.fields["image"].shape == (3, 16, 20)
    assert dataset.splits["test"]["label"].tolist() == [0, 1, 2]
    assert [int(each[0].mean()) // 40 for each in dataset.splits["test"]["image"]] == [0, 2, 4]
    assert any(note.startswith("1 of 12 pictures cannot be read: dtd/dtd/images/woven/1.jpg") for note in dataset.notes)
    config = DataConfig(source="torchvision", options={"path": str(tmp_path), "dataset": "DTD"}, storage="files")
    streamed = load(config, tmp_path)
    assert (np.asarray(streamed.splits["test"]["image"][:]) == dataset.splits["test"]["image"]).all()


def test_pets_and_foods_and_satellites(tmp_path: Path) -> None:
    for number in range(4):
        picture(tmp_path / "oxford-iiit-pet/images" / f"Abyssinian_{number}.jpg")
        picture(tmp_path / "oxford-iiit-pet/images" / f"great_pyrenees_{number}.jpg")
        picture(tmp_path / "eurosat/2750" / ("Forest" if number % 2 else "River") / f"{number}.jpg")
        picture(tmp_path / "food-101/images/pizza" / f"{number}.jpg")
    rows = [f"Abyssinian_{n} 1 1 1\ngreat_pyrenees_{n} 2 2 1\n" for n in range(4)]
    for split, some in (("trainval", rows[:3]), ("test", rows[3:])):
        file = tmp_path / "oxford-iiit-pet/annotations" / f"{split}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(some), "utf-8")
    (tmp_path / "food-101/meta").mkdir()
    (tmp_path / "food-101/meta/train.json").write_text('{"pizza": ["pizza/0", "pizza/1"]}', "utf-8")
    (tmp_path / "food-101/meta/test.json").write_text('{"pizza": ["pizza/2"]}', "utf-8")
    pets = loaded(tmp_path, "OxfordIIITPet")
    assert pets.fields["label"].classes == ("Abyssinian", "Great Pyrenees")
    assert pets.splits["train"]["label"].tolist() == [0] * 3 + [1] * 3
    assert pets.size("test") == 2
    satellites = loaded(tmp_path, "EuroSAT", width=8, height=8)
    assert satellites.fields["label"].classes == ("Forest", "River")
    assert (set(satellites.splits), satellites.size("train")) == ({"train"}, 4)
    foods = loaded(tmp_path, "Food101")
    assert {split: foods.size(split) for split in foods.splits} == {"train": 2, "test": 1}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the network, which is not there."""
    asked: list[str] = []

    def refuse(request: Any, *rest: Any, **more: Any) -> Any:
        asked.append(getattr(request, "full_url", str(request)))
        raise URLError("no route\nto host")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    return asked


@pytest.mark.parametrize("name", SETS)
def test_without_files_it_says_which_and_fetches_nothing(tmp_path: Path, no_network: list[str], name: str) -> None:
    with pytest.raises(UnreadableError, match=rf"{name} is not here; missing are .*download=true") as caught:
        loaded(tmp_path / "sets", name)
    assert SETS[name].files[0] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not no_network
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["MNIST", "EMNIST-digits", "DTD", "SVHN", "STL10", "EuroSAT"])
def test_a_network_that_fails_is_one_sentence(tmp_path: Path, no_network: list[str], name: str) -> None:
    with pytest.raises(UnreadableError, match=rf"{name} cannot be fetched \(.*no route") as caught:
        loaded(tmp_path / "sets", name, download=True)
    assert "\n" not in str(caught.value)
    assert no_network


def test_what_is_there_is_not_fetched_again(tmp_path: Path, no_network: list[str]) -> None:
    mnist_like(tmp_path, "MNIST")
    assert loaded(tmp_path, "MNIST", download=True).size("train") == 20
    assert not no_network


def test_without_a_folder_it_is_that_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *names, **more: tmp_path / "user")
    mnist_like(tmp_path / "user" / "torchvision", "KMNIST")
    dataset = load(DataConfig(source="torchvision", options={"dataset": "KMNIST"}), tmp_path)
    assert dataset.fields["label"].classes[0] == "o"
    with pytest.raises(UnreadableError, match="MNIST is not here"):
        load(DataConfig(source="torchvision"), tmp_path)


def test_packed_files_are_named(tmp_path: Path) -> None:
    mnist_like(tmp_path, "MNIST")
    for name in SETS["MNIST"].files:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
        (tmp_path / name).unlink()
    with pytest.raises(UnreadableError, match="There are packed ones; unpack them, or choose the data source idx"):
        loaded(tmp_path, "MNIST")


@pytest.mark.parametrize(("at", "data", "reason"), [
    (0, b"nonsense", r"torchvision cannot read MNIST there"),
    (0, b"", r"torchvision cannot read MNIST there"),
    (0, idx(np.zeros((7, 28, 28), np.uint8)), "20 labels in its train split, which do not belong together"),
    (1, idx(np.full(20, 77)), "MNIST has a label 77; there are 10"),
    (1, idx(np.zeros((20, 28, 28), np.uint8)), "torchvision cannot read MNIST there"),
    (2, idx(np.zeros((6, 20, 20), np.uint8)), "pictures of different sizes"),
])  # fmt: skip
def test_files_that_are_damaged(tmp_path: Path, at: int, data: bytes, reason: str) -> None:
    mnist_like(tmp_path, "MNIST")
    (tmp_path / SETS["MNIST"].files[at]).write_bytes(data)
    with pytest.raises(UnreadableError, match=reason) as caught:
        loaded(tmp_path, "MNIST")
    assert "\n" not in str(caught.value)


def test_lists_of_pictures_that_are_damaged(tmp_path: Path) -> None:
    dtd(tmp_path)
    (tmp_path / "dtd/dtd/labels/val1.txt").write_text("no slash\n", "utf-8")
    with pytest.raises(UnreadableError, match="torchvision cannot read DTD there"):
        loaded(tmp_path, "DTD")
    (tmp_path / "dtd/dtd/labels/val1.txt").unlink()
    with pytest.raises(UnreadableError, match="torchvision cannot read DTD there"):
        loaded(tmp_path, "DTD")


def test_code_is_not_read_and_the_other_source_is_named(tmp_path: Path) -> None:
    for name in ("CIFAR10", "CIFAR100"):
        with pytest.raises(UsageError, match=f"torchvision keeps {name} in files that could run code; .* source cifar"):
            source_of(DataConfig(source="torchvision", options={"path": str(tmp_path), "dataset": name}))


def test_old_files_of_the_library_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library once kept MNIST as .pt files; those are read without running what they hold."""
    import pickle

    class Evil:
        def __reduce__(self) -> Any:
            return open, (str(tmp_path / "PICKLE_WAS_EXECUTED"), "w")

    mnist_like(tmp_path, "MNIST")
    folder = tmp_path / "MNIST" / "processed"
    folder.mkdir()
    for name in ("training.pt", "test.pt"):
        (folder / name).write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UnreadableError, match="torchvision cannot read MNIST there"):
        loaded(tmp_path, "MNIST")
    assert not (tmp_path / "PICKLE_WAS_EXECUTED").exists()


def test_the_package_that_the_library_needs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import datasets

    def lacks(*words: object, **more: object) -> None:
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.setattr(datasets, "SVHN", lacks)
    for name in SETS["SVHN"].files:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UsageError, match=r"SVHN is read by the package scipy \(pip install scipy\)"):
        loaded(tmp_path, "SVHN")


def test_the_command_line_chooses_by_name() -> None:
    assert parse_choice("torchvision:FashionMNIST") == ("torchvision", {"dataset": "FashionMNIST"})
    assert parse_choice("torchvision:DTD,path=a/b,download=true,width=64,height=64") == (
        "torchvision", {"dataset": "DTD", "path": "a/b", "download": True, "width": 64, "height": 64})  # fmt: skip
    with pytest.raises(UsageError, match="Data source torchvision: dataset must be"):
        source_of(DataConfig(source="torchvision", options={"dataset": "Nothing"}))


def test_a_file_that_the_library_wants_to_see_is_missing(tmp_path: Path) -> None:
    for name in SETS["STL10"].files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UnreadableError, match=r"missing are stl10_binary/unlabeled_X\.bin\. Put"):
        loaded(tmp_path, "STL10")


def test_the_order_is_not_that_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b", "a"):
        for number in (2, 1):
            picture(tmp_path / "SUN397" / name[0] / name / f"sun_{number}.jpg", (60 * number, 0, 0))
    (tmp_path / "SUN397" / "ClassName.txt").write_text("/a/a\n/b/b\n", "utf-8")
    plain = Path.rglob
    found = []
    for turned in (False, True):
        monkeypatch.setattr(Path, "rglob", lambda self, *words, way=turned: sorted(plain(self, *words), reverse=way))
        found.append(loaded(tmp_path, "SUN397").fingerprint)
    assert found[0] == found[1]

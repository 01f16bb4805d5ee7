from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from workbench.core.errors import UnreadableError
from workbench.data import folder_listing, limits, many_files, sized_pictures
from workbench.data.sources.folder import PictureFolder


def save(path: Path, colour: object = 100, size: tuple[int, int] = (6, 4), mode: str = "L") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]


def spoil(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no picture at all")


def test_one_folder_for_each_class(tmp_path: Path) -> None:
    for index in range(3):
        save(tmp_path / "dog" / f"{index}.png", 110 + index)
        save(tmp_path / "cat" / f"{index}.png", 120 + index)
    dataset = PictureFolder(path=str(tmp_path)).load(Path())
    assert dataset.fields["image"].shape == (1, 4, 6)
    assert (dataset.fields["image"].kind, dataset.fields["image"].dtype) == ("map", "uint8")
    assert dataset.fields["label"].classes == ("cat", "dog")
    train = dataset.splits["train"]
    assert list(train["image"][:, 0, 0, 0]) == [120, 121, 122, 110, 111, 112]
    assert list(train["label"]) == [0, 0, 0, 1, 1, 1]
    assert train["label"].dtype == np.int64
    assert list(dataset.splits) == ["train"]
    assert dataset.notes == ()


@pytest.mark.parametrize("name", ["validation", "valid", "val"])
def test_splits_share_their_class_numbers(tmp_path: Path, name: str) -> None:
    save(tmp_path / "train" / "b" / "1.png", 1)
    save(tmp_path / "train" / "c" / "2.png", 2)
    save(tmp_path / name / "c" / "3.png", 3)
    save(tmp_path / "test" / "a" / "4.png", 4)
    save(tmp_path / "test" / "c" / "5.png", 5)
    save(tmp_path / "extra" / "c" / "6.png", 6)
    dataset = PictureFolder(path=".").load(tmp_path)
    assert dataset.fields["label"].classes == ("a", "b", "c")
    assert {split: list(arrays["label"]) for split, arrays in dataset.splits.items()} == {
        "train": [1, 2],
        "validation": [2],
        "test": [0, 2],
    }
    assert {split: list(arrays["image"][:, 0, 0, 0]) for split, arrays in dataset.splits.items()} == {
        "train": [1, 2],
        "validation": [3],
        "test": [4, 5],
    }
    assert "Left out, folders beside train, validation and test (1): extra." in dataset.notes


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    save(tmp_path / "train" / "1.png")
    save(tmp_path / "car" / "1.png")
    (tmp_path / "train" / ".hidden").mkdir()
    assert PictureFolder(path=".").load(tmp_path).fields["label"].classes == ("car", "train")


def test_two_folders_for_one_split_are_refused(tmp_path: Path) -> None:
    for split in ("train", "val", "valid"):
        save(tmp_path / split / "a" / "1.png")
    with pytest.raises(UnreadableError, match='both "val" and "valid" are folders of the validation split'):
        PictureFolder(path=".").load(tmp_path)


def test_colour_if_any_picture_is(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", 7)
    save(tmp_path / "a" / "2.png", (1, 2, 3), mode="RGB")
    image = PictureFolder(path=".").load(tmp_path).splits["train"]["image"]
    assert image.shape == (2, 3, 4, 6)
    assert list(image[0, :, 0, 0]) == [7, 7, 7]
    assert list(image[1, :, 0, 0]) == [1, 2, 3]
    assert PictureFolder(path=".", channels=1).load(tmp_path).fields["image"].shape == (1, 4, 6)


def test_the_size_that_most_pictures_share(tmp_path: Path) -> None:
    for index in range(3):
        save(tmp_path / "a" / f"{index}.png", size=(6, 4))
    save(tmp_path / "a" / "9.png", size=(30, 50))
    dataset = PictureFolder(path=".").load(tmp_path)
    assert dataset.fields["image"].shape == (1, 4, 6)
    assert dataset.notes == (
        "The pictures have 2 different sizes; all were brought to 6×4 pixels (resize: crop). "
        "Set width and height for another size.",
    )


def test_a_middling_square_where_sizes_differ(tmp_path: Path) -> None:
    for index, size in enumerate([(20, 10), (12, 40), (30, 14)]):
        save(tmp_path / "a" / f"{index}.png", size=size)
    assert PictureFolder(path=".").load(tmp_path).fields["image"].shape == (1, 12, 12)
    for index, size in enumerate([(2000, 1000), (1200, 1300), (1400, 1500), (1210, 1310), (1201, 1301)]):
        save(tmp_path / "b" / f"{index}.png", size=size)
    assert PictureFolder(path=".").load(tmp_path).fields["image"].shape == (1, 128, 128)


def test_a_wished_size_and_the_way_to_it(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", 255, size=(30, 10))
    for resize, total in (("crop", 255 * 100), ("stretch", 255 * 100), ("pad", 255 * 30)):
        dataset = PictureFolder(path=".", width=10, height=10, resize=resize).load(tmp_path)
        assert dataset.fields["image"].shape == (1, 10, 10)
        assert dataset.splits["train"]["image"].sum() == total
        assert dataset.notes == ()


def test_width_and_height_go_together() -> None:
    with pytest.raises(ValidationError, match="width and height must be given together"):
        PictureFolder(path="x", width=3)


def test_unreadable_pictures_are_skipped_and_named(tmp_path: Path) -> None:
    for index in range(9):
        save(tmp_path / "a" / f"{index}.png", 90 + index)
    spoil(tmp_path / "a" / "4_bad.png")
    dataset = PictureFolder(path=".").load(tmp_path)
    assert list(dataset.splits["train"]["image"][:, 0, 0, 0]) == list(range(90, 99))
    assert len(dataset.notes) == 1
    assert dataset.notes[0].startswith("1 of 10 pictures cannot be read: a/4_bad.png (this is no PNG, ")


def test_of_many_unreadable_pictures_five_are_named(tmp_path: Path) -> None:
    for index in range(8):
        save(tmp_path / "a" / f"{index}.png", index)
        spoil(tmp_path / "b" / f"{index}.png")
    save(tmp_path / "b" / "8.png", 8)
    dataset = PictureFolder(path=".", width=6, height=4, channels=1).load(tmp_path)
    assert dataset.notes[0].startswith("8 of 17 pictures cannot be read: b/0.png (")
    assert dataset.notes[0].count("b/") == 5
    assert dataset.notes[0].endswith(") and 3 more.")
    assert list(dataset.splits["train"]["label"]) == [0] * 8 + [1]


def test_mostly_unreadable_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png")
    spoil(tmp_path / "a" / "2.png")
    spoil(tmp_path / "a" / "3.png")
    with pytest.raises(UnreadableError, match=r"2 of 3 pictures cannot be read: a/2\.png \(this is no PNG"):
        PictureFolder(path=".").load(tmp_path)
    (tmp_path / "a" / "1.png").unlink()
    with pytest.raises(UnreadableError, match="2 of 2 pictures cannot be read"):
        PictureFolder(path=".").load(tmp_path)


def test_pictures_that_only_decoding_shows_to_be_bad(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    for index in range(3):
        save(tmp_path / "a" / f"{index}.png", size=(64, 64))
    Image.fromarray(noise).save(tmp_path / "a" / "1_cut.png")
    data = (tmp_path / "a" / "1_cut.png").read_bytes()
    (tmp_path / "a" / "1_cut.png").write_bytes(data[: len(data) // 2])
    dataset = PictureFolder(path=".").load(tmp_path)
    assert dataset.size("train") == 3
    assert "a/1_cut.png (the picture is damaged or cut off" in dataset.notes[0]


def test_nothing_to_train_with_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train" / "a").mkdir(parents=True)
    save(tmp_path / "test" / "a" / "1.png")
    with pytest.raises(UnreadableError, match="no readable pictures to train with"):
        PictureFolder(path=".").load(tmp_path)


def test_empty_classes_are_left_out_with_a_note(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png")
    save(tmp_path / "c" / "1.png")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / ".gitkeep").touch()
    dataset = PictureFolder(path=".").load(tmp_path)
    assert dataset.fields["label"].classes == ("a", "c")
    assert list(dataset.splits["train"]["label"]) == [0, 1]
    assert dataset.notes == ("Classes without pictures, left out (1): b.",)


def test_what_is_no_picture_is_counted_and_what_is_hidden_is_not(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.PNG")
    (tmp_path / "a" / ".DS_Store").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "notes.txt").touch()
    (tmp_path / "read.me").touch()
    save(tmp_path / "a" / "deeper" / "1.png")
    dataset = PictureFolder(path=".").load(tmp_path)
    assert dataset.size("train") == 1
    assert dataset.notes == (
        "Left out, files outside the class folders (1): read.me.",
        "Left out, folders inside class folders (1): a/deeper.",
        "Left out, no pictures by their names (1): a/notes.txt.",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_links_that_lead_back_or_nowhere_and_pipes_are_left_out(tmp_path: Path) -> None:
    save(tmp_path / "root" / "a" / "1.png")
    save(tmp_path / "far" / "2.png")
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "a" / "link.png").symlink_to(tmp_path / "far" / "2.png")
    (tmp_path / "root" / "a" / "dangling.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "root" / "a" / "pipe.png")
    dataset = PictureFolder(path="root").load(tmp_path)
    assert dataset.size("train") == 2  # a link to a file is that file
    assert dataset.notes == (
        "Left out, links that lead back to the folder itself (1): loop.",
        "Left out, links that lead nowhere (1): a/dangling.png.",
        "Left out, no pictures by their names (1): a/pipe.png.",
    )


def test_animations_are_noted_together(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), shade) for shade in (100, 200)]
    (tmp_path / "a").mkdir()
    for index in range(2):
        frames[0].save(tmp_path / "a" / f"{index}.gif", save_all=True, append_images=frames[1:])
    assert PictureFolder(path=".").load(tmp_path).notes == (
        "2 of 2 pictures: it has several frames, of which the first is taken: a/0.gif, a/1.gif.",
    )


def test_missing_and_wrong_places_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"none: there is no such folder\. Choose one that has"):
        PictureFolder(path="none").load(tmp_path)
    with pytest.raises(UnreadableError, match=r"the folder cannot be read"):
        PictureFolder(path="a" * 3000).load(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableError, match=r"file: this is a file, but a folder is needed"):
        PictureFolder(path="file").load(tmp_path)
    with pytest.raises(UnreadableError, match=r"no pictures in class folders; CLASS/PICTURE\.png"):
        PictureFolder(path=".").load(tmp_path)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in range(4):
        save(tmp_path / "a" / f"{index}.png", size=(100, 100))
    monkeypatch.setattr(limits, "MOST_BYTES", 30_000)
    with pytest.raises(UnreadableError, match=r"it needs 40\.0 kB of memory; .* Set width and height"):
        PictureFolder(path=".").load(tmp_path)
    assert PictureFolder(path=".", width=50, height=50).load(tmp_path).size("train") == 4
    monkeypatch.setattr(folder_listing, "MOST_FILES", 4)
    with pytest.raises(UnreadableError, match="more than 4 files"):
        PictureFolder(path=".").load(tmp_path)


def test_order_does_not_hang_on_the_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in range(60):
        save(tmp_path / "a" / f"{index:02}.png", index, size=(200, 200) if index % 7 == 0 else (4, 4))
    monkeypatch.setattr(many_files, "AT_ONCE", 16)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    image = PictureFolder(path=".", width=4, height=4).load(tmp_path).splits["train"]["image"]
    assert list(image[:, 0, 0, 0]) == list(range(60))


def test_class_names_are_made_safe(tmp_path: Path) -> None:
    save(tmp_path / "a\u202eb" / "1.png")
    assert PictureFolder(path=".").load(tmp_path).fields["label"].classes == ("a<U+202E>b",)


def test_cifar_photographs(shared_data: Path) -> None:
    dataset = PictureFolder(path=str(shared_data / "cifar10_small")).load(Path())
    assert dataset.fields["image"].shape == (3, 32, 32)
    assert (dataset.size("train"), dataset.size("test")) == (5000, 1000)
    assert set(np.bincount(dataset.splits["train"]["label"])) == {500}
    mean = dataset.splits["train"]["image"].mean(axis=(0, 2, 3)) / 255
    assert mean == pytest.approx([0.4914, 0.4822, 0.4465], abs=0.01)


@pytest.fixture
def measured_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Grey pictures of 6×4 of which every second is measured; between them one in colours, one larger."""
    monkeypatch.setattr(sized_pictures, "MOST_MEASURED", 5)
    for number in range(9):
        save(tmp_path / "a" / f"{number}.png", 100 + number)
    save(tmp_path / "a" / "3.png", (200, 10, 10), mode="RGB")
    save(tmp_path / "a" / "5.png", 105, (12, 8))
    return tmp_path


def test_what_pictures_lose_that_were_not_measured_first_is_told(measured_first: Path) -> None:
    dataset = PictureFolder(path=str(measured_first)).load(Path())
    assert dataset.splits["train"]["image"].shape == (9, 1, 4, 6)
    colours, size = sorted(dataset.notes)
    assert colours.startswith(
        "1 of 9 pictures: it has another size than those looked at first; it was brought to 6×4: "
    )
    assert colours.endswith("a/5.png.")
    assert size.startswith("1 of 9 pictures: it has colours, which became grey as those looked at first are")
    assert size.endswith("(channels=3 keeps them): a/3.png.")


def test_nothing_is_said_of_pictures_whose_form_was_asked_for(measured_first: Path) -> None:
    assert PictureFolder(path=str(measured_first), channels=1, width=6, height=4).load(Path()).notes == ()

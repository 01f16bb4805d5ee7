from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data.loading import source_for
from workbench.data.sources.yolo import Yolo
from workbench.data.yolo_file import read_objects, read_yaml

NAMES = "names: [cat, dog]\n"


def pictures(folder: Path, labels: dict[str, str]) -> None:
    for name, text in labels.items():
        for role in ("images", "labels"):
            (folder / role).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 10), (90, 80, 70)).save(folder / "images" / f"{name}.jpg")
        (folder / "labels" / f"{name}.txt").write_text(text)


def test_toys(shared_data: Path) -> None:
    path = shared_data / "boxes" / "yolo_toys"
    dataset = Yolo(path=str(path)).load(Path())
    assert dataset.fields["mask"].classes == ("background", "bull", "pig")
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 16, "validation": 6}
    kind, x, y, width, height = map(float, (path / "train/labels/toy_00.txt").read_text().split("\n")[0].split())
    mask = dataset.splits["train"]["mask"][0]
    left, top = round(320 * (x - width / 2)), round(320 * (y - height / 2))
    right, bottom = round(320 * (x + width / 2)), round(320 * (y + height / 2))
    assert (mask[top:bottom, left:right] == kind + 1).mean() > 0.9
    assert source_for(path) == source_for(path / "data.yaml") == "yolo"
    labels = Yolo(path=str(path / "data.yaml"), what="label").load(Path())
    assert labels.splits["train"]["label"][0] == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("names: [cat, 'hot dog', \"a, b\"] # three\n", ["cat", "hot dog", "a, b"]),
        ("names:\n- cat\n- dog # no cat\n", ["cat", "dog"]),
        ("names:\r\n  0: cat\r\n  1: 'it''s'\r\n", ["cat", "it's"]),
        ("names: {0: cat, 1: dog}\n", ["cat", "dog"]),
        ("\ufeff---\n# about\nroboflow:\n  workspace: x\n  project: y\nnames:\n  - cat\n", ["cat"]),
    ],
)
def test_names_in_every_form(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "data.yaml").write_text(text, "utf-8", newline="")
    assert read_yaml(tmp_path / "data.yaml")["names"] == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("names: [cat\n", "line 1: a list must end on the line"),
        ("names:\n  1: cat\n", "line 2: the next number should be 0"),
        ("names: {cat: 0}\n", 'line 1: "cat: 0" is no "number: name"'),
        ("names: a\nnames: b\n", 'line 2: the key "names" comes twice'),
        ("train:\n  deeper: x\n", 'line 2: "deeper: x" below "train" is not understood'),
        ("nonsense\n", 'line 1: "nonsense" is no "key: value"'),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(UnreadableError, match=told):
        read_yaml(tmp_path / "data.yaml")


def test_boxes_and_corners(tmp_path: Path) -> None:
    pictures(
        tmp_path / "train", {"a": "0 0.5 0.5 1 1\n1 0.25 0.5 0.1 0.2\n\n", "b": "1 0 0 0.5 0 0.5 1 0 1\n", "c": ""}
    )
    (tmp_path / "data.yaml").write_text(f"{NAMES}nc: 2\ntrain: ../train/images\nval: ../valid/images\ntest:\n")
    dataset = Yolo(path=str(tmp_path)).load(Path())
    masks = dataset.splits["train"]["mask"]
    assert (masks[0] == 2).sum() == 4
    assert (masks[0] == 1).sum() == 196
    assert (masks[1] == 2).mean() == pytest.approx(0.5, abs=0.06)
    assert not masks[2].any()
    assert 'There is no "../valid/images", so there is no validation split.' in dataset.notes
    assert "Pictures without an object, which are background throughout (1): c.jpg." in dataset.notes
    assert "2 objects have a box and no outline. They were drawn as rectangles." in dataset.notes
    labels = Yolo(path=str(tmp_path), what="label").load(Path())
    assert list(labels.splits["train"]["label"]) == [0, 1]
    assert "Pictures without an object, which are left out (1): c.jpg." in labels.notes


def test_lists_of_pictures_and_labels_beside_them(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("L", (8, 8), 90).save(tmp_path / f"{number}.png")
    (tmp_path / "0.txt").write_text("0 0.5 0.5 1 1")
    (tmp_path / "train.txt").write_text("./0.png\n1.png\ngone.png\n")
    (tmp_path / "data.yaml").write_text(f"{NAMES}path: .\ntrain: train.txt\n")
    dataset = Yolo(path=str(tmp_path)).load(Path())
    assert dataset.size("train") == 2
    assert dataset.splits["train"]["mask"][0].all()
    assert "Pictures of train.txt that are not there (1): gone.png." in dataset.notes
    assert "Pictures without a file of labels (1): 1.png." in dataset.notes


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 0.5 0.5 1", "4 numbers are neither a class with a box"),
        ("0 0.5 0.5 1 1 0.9", "6 numbers are neither"),
        ("2 0.5 0.5 1 1", "there is no class 2: they go from 0 to 1"),
        ("0.5 0.5 0.5 1 1", "there is no class 0.5"),
        ("0 160 160 20 20", "160 is no share of the picture"),
        ("0 nan 0.5 1 1", "nan is no share"),
        ("cat 0.5 0.5 1 1", "are no numbers"),
    ],
)
def test_wrong_labels_are_named(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "a.txt").write_text(f"0 0.5 0.5 1 1\n{line}\n")
    with pytest.raises(UnreadableError, match=f"line 2: .*{told}"):
        read_objects(tmp_path / "a.txt", 2)


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"there is no data\.yaml in it"):
        Yolo(path=str(tmp_path)).load(Path())
    file = tmp_path / "data.yaml"
    for text, told in (
        ("train: x\n", 'it needs "names"'),
        (f"{NAMES}nc: 3\n", "nc is 3, but there are 2 names"),
        (f"{NAMES}train: nowhere\n", 'there is no "nowhere"'),
    ):
        file.write_text(text)
        with pytest.raises(UnreadableError, match=told):
            Yolo(path=str(tmp_path)).load(Path())
    pictures(tmp_path / "train", {"a": "9 0 0 0 0", "b": "0 0.5 0.5 1 1", "c": "0 0.5 0.5 1 1"})
    file.write_text(f"{NAMES}train: train/images\n")
    dataset = Yolo(path=str(tmp_path)).load(Path())
    told = "1 of 3 files of labels cannot be read, left out: a.txt, line 1 (there is no class 9: they go from 0 to 1)."
    assert told in dataset.notes
    (tmp_path / "train" / "labels" / "b.txt").write_text("x")
    with pytest.raises(UnreadableError, match="2 of 3 files of labels cannot be read"):
        Yolo(path=str(tmp_path)).load(Path())


def test_nothing_to_train_with(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "data.yaml").write_text(f"{NAMES}train: images\n")
    with pytest.raises(UnreadableError, match="no pictures to train with"):
        Yolo(path=str(tmp_path)).load(Path())

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.data.kinds_of_samples import coco
from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data.drawn_objects import ObjectOutline, compressed_runs, drawn
from workbench.data.loading import source_for
from workbench.data.sources.coco import Coco

HEIGHT, WIDTH = 12, 16


def runs_of(mask: Any) -> list[int]:
    """Run lengths, column by column, beginning with zeros."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *edges, flat.size]).tolist()
    return [0, *lengths] if flat[0] else lengths


def text_of(runs: list[int]) -> str:
    """Compressed as COCO's own code does it (maskApi.c, rleToString)."""
    text = ""
    for number, run in enumerate(runs):
        value = run - runs[number - 2] if number > 2 else run
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != -1 if bits & 0x10 else value != 0
            text += chr((bits | (0x20 if more else 0)) + 48)
    return text


def annotated(folder: Path, annotations: list[dict[str, Any]], count: int = 2, name: str = "annotations.json") -> str:
    """A file of annotations of some pictures with the categories 3 (cat), 7 (dog) and 9 (nobody)."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images = []
    for number in range(count):
        Image.new("RGB", (WIDTH, HEIGHT), (90 + number, 80, 70)).save(folder / "images" / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": WIDTH, "height": HEIGHT})
    categories = [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}, {"id": 9, "name": "nobody"}]
    full = [{"id": number, "image_id": 0, "category_id": 7, **each} for number, each in enumerate(annotations)]
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"images": images, "annotations": full, "categories": categories}))
    return str(path)


def test_blood_cells_have_boxes_alone(shared_data: Path) -> None:
    path = shared_data / "boxes" / "coco_blood"
    dataset = Coco(path=str(path)).load(Path())
    assert dataset.fields["image"].shape == (3, 416, 416)
    assert dataset.fields["mask"].classes == ("background", "rbc", "wbc")
    assert "221 of 221 objects of annotations.json have a box and no outline. They were drawn as rectangles." in (
        dataset.notes
    )
    assert "Classes without an object, left out (1): RBC-WBC." in dataset.notes
    mask = dataset.splits["train"]["mask"][0]
    data = json.loads((path / "annotations.json").read_text())
    boxes = [each for each in data["annotations"] if each["image_id"] == 0]
    smallest = min(boxes, key=lambda each: each["bbox"][2] * each["bbox"][3])
    left, top, width, height = smallest["bbox"]
    inside = mask[round(top) : round(top + height), round(left) : round(left + width)]
    assert (inside == smallest["category_id"]).all()
    assert inside.size == pytest.approx(width * height, rel=0.05)
    assert source_for(path / "annotations.json") == source_for(path) == "coco"


def test_car_damage_has_polygons(shared_data: Path) -> None:
    path = str(shared_data / "boxes" / "coco_car_damage" / "annotations.json")
    dataset = Coco(path=path).load(Path())
    assert len(dataset.fields["mask"].classes) == 12
    data = json.loads(Path(path).read_text())
    lone = [
        each
        for each in data["annotations"]
        if sum(other["image_id"] == each["image_id"] for other in data["annotations"]) == 1
    ]
    places = {each["id"]: number for number, each in enumerate(data["images"])}
    for each in lone:
        mask = dataset.splits["train"]["mask"][places[each["image_id"]]]
        assert (mask > 0).sum() == pytest.approx(each["area"], rel=0.01)
    labels = Coco(path=path, what="label").load(Path())
    largest = max((each for each in data["annotations"] if each["image_id"] == 2), key=lambda each: each["area"])
    name = next(each["name"] for each in data["categories"] if each["id"] == largest["category_id"])
    assert labels.fields["label"].classes[labels.splits["train"]["label"][places[2]]] == name


def test_outlines_of_all_kinds_are_drawn(tmp_path: Path) -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    disc = ((y - 5) ** 2 + (x - 7) ** 2 < 14).astype(np.int64)
    for segmentation in (
        {"size": [HEIGHT, WIDTH], "counts": runs_of(disc)},
        {"size": [HEIGHT, WIDTH], "counts": text_of(runs_of(disc))},
    ):
        path = annotated(tmp_path, [{"segmentation": segmentation, "iscrowd": 1}])
        train = Coco(path=path).load(Path()).splits["train"]
        assert np.array_equal(train["mask"][0], disc)
    square = {"segmentation": [[2, 3, 10, 3, 10, 9, 2, 9], [12, 0, 16, 0, 16, 2, 12, 2]]}
    small = {"category_id": 3, "bbox": [4.0, 4.0, 3.0, 2.0], "segmentation": []}
    dataset = Coco(path=annotated(tmp_path, [small, square])).load(Path())
    assert dataset.fields["mask"].classes == ("background", "dog", "cat")
    mask = dataset.splits["train"]["mask"][0]
    assert (mask == 2).sum() == 6
    assert set(mask[4:6, 4:7].ravel()) == {2}
    assert mask[3:9, 2:10].min() == 1
    assert (mask == 1).sum() == 6 * 8 + 8 - 6
    assert "Pictures without an object, which are background throughout (1): 1.png." in dataset.notes
    labels = Coco(path=annotated(tmp_path, [small, square]), what="label").load(Path())
    assert labels.fields["label"].classes == ("dog",)
    assert labels.size("train") == 1


def test_masks_follow_their_pictures(tmp_path: Path) -> None:
    path = annotated(tmp_path, [{"bbox": [0, 0, 8, 12]}])
    half = Coco(path=path, width=8, height=6).load(Path()).splits["train"]["mask"][0]
    assert np.array_equal(half, np.repeat([[1] * 4 + [0] * 4], 6, 0))
    padded = Coco(path=path, width=16, height=16, resize="pad").load(Path())
    assert padded.fields["mask"].classes == ("background", "dog", "void")
    assert (padded.splits["train"]["mask"][0] == 2).sum() == 4 * 16
    assert any("set ignore_index=2" in note for note in padded.notes)


def test_folders_of_splits(tmp_path: Path) -> None:
    for split, count in (("train", 3), ("val", 2)):
        annotated(tmp_path / split, [{"bbox": [0, 0, 4, 4]}], count, "_annotations.coco.json")
    dataset = Coco(path=str(tmp_path)).load(Path())
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 3, "validation": 2}
    root = tmp_path / "coco"
    for split in ("train", "val"):
        path = Path(annotated(root / f"{split}2017", [{"bbox": [0, 0, 4, 4]}], 2, f"instances_{split}2017.json"))
        (root / "annotations").mkdir(exist_ok=True)
        path.rename(root / "annotations" / path.name)
    (root / "annotations" / "captions_train2017.json").write_text('{"images": [], "annotations": []}')
    dataset = Coco(path=str(root)).load(Path())
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 2, "validation": 2}
    (root / "annotations" / "instances_training.json").write_text('{"images": [], "annotations": []}')
    with pytest.raises(UnreadableError, match="2 annotation files are for the train split"):
        Coco(path=str(root)).load(Path())


def test_missing_and_wrong_pictures_are_named(tmp_path: Path) -> None:
    path = annotated(tmp_path, [{"bbox": [0, 0, 4, 4]}], 4)
    (tmp_path / "images" / "1.png").unlink()
    Image.new("RGB", (30, 12)).save(tmp_path / "images" / "2.png")
    dataset = Coco(path=path).load(Path())
    assert dataset.size("train") == 2
    assert "1 of 4 pictures of annotations.json are not there, left out: 1.png." in dataset.notes
    assert any(
        "images/2.png (it has 30×12 pixels, but the annotations are for 16×12)" in each for each in dataset.notes
    )


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        ({"bbox": [0, 0, 4]}, r"annotations\[0\]\.bbox: a list of 4 numbers"),
        ({"bbox": [0, 0, 4, float("nan")]}, r"annotations\[0\]\.bbox: nan is no coordinate"),
        ({"bbox": [0, 0, -4, 4]}, "a box has a negative side"),
        ({"bbox": [0, 0, 4, 4], "category_id": 1}, r"annotations\[0\]\.category_id: there is nothing with the id 1"),
        ({"bbox": [0, 0, 4, 4], "image_id": None}, r"annotations\[0\]\.image_id: a number is needed"),
        ({"segmentation": [[1, 2, 3, 4]]}, r"segmentation\[0\]: a polygon needs x and y of at least 3 corners, not 4"),
        ({"segmentation": [[1, 2, 3, 4, 5]]}, "not 5 numbers"),
        ({"segmentation": "x"}, "neither polygons nor run lengths"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [5, 6]}}, "cover 11 pixels, but the picture has 192"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [-5, 197]}}, "no whole numbers from 0 on"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": "\x01"}}, "compressed run lengths are damaged"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": "P"}}, "damaged|cover"),
        ({"segmentation": {"size": [10**9, 10**9], "counts": [10**18]}}, "its size is"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, annotation: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        Coco(path=annotated(tmp_path, [annotation])).load(Path())


def test_what_is_no_such_file(tmp_path: Path) -> None:
    for text, told in (("[", "it is not JSON"), ("[]", 'need the lists "images"'), ("[" * 99_999, "it is not JSON")):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(UnreadableError, match=told):
            Coco(path=str(tmp_path / "x.json")).load(Path())
    assert Coco.claim(tmp_path / "x.json") == 0
    with pytest.raises(UnreadableError, match="no file of COCO annotations"):
        Coco(path=str(tmp_path)).load(Path())
    huge = {"id": 0, "file_name": "a.png", "width": 10**9, "height": 10**9}
    (tmp_path / "x.json").write_text(json.dumps({"images": [huge], "annotations": [], "categories": []}))
    with pytest.raises(UnreadableError, match=r"images\[0\]: the picture claims more than 50,000,000 pixels"):
        Coco(path=str(tmp_path / "x.json")).load(Path())


def test_compressed_run_lengths() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        runs = random.integers(0, 100_000, random.integers(1, 30)).tolist()
        assert compressed_runs(text_of(runs)) == runs


def test_polygons_cover_the_pixels_whose_middle_is_inside() -> None:
    triangle = ObjectOutline(0, (0, 0, 0, 0), ((0.0, 0.0, 100.0, 0.0, 0.0, 60.0),))
    assert triangle.area == 3000
    mask = drawn([triangle], (60, 100), 60, 100)
    y, x = np.mgrid[0:60, 0:100] + 0.5
    assert np.array_equal(mask, (x / 100 + y / 60 < 1))
    star = ObjectOutline(0, (0, 0, 0, 0), ((-5.0, 5.0, 30.0, 5.0, 30.0, 20.0, -5.0, 20.0),))
    assert np.array_equal(drawn([star], (60, 100), 60, 100), (y > 5) & (y < 20) & (x < 30))


def test_all_classes_of_a_picture_are_its_labels(shared_data: Path) -> None:
    path = shared_data / "boxes" / "coco_car_damage" / "annotations.json"
    dataset = Coco(path=str(path), what="labels", width=32, height=32).load(Path())
    value, labels = dataset.fields["labels"], dataset.splits["train"]["labels"]
    masks = Coco(path=str(path)).load(Path())
    assert value == Value((11,), "vector", "float32", masks.fields["mask"].classes[1:])
    assert labels.shape == (12, 11)
    assert set(np.unique(labels)) == {0, 1}
    assert labels.sum(1).max() > 1
    read = json.loads(path.read_text("utf-8"))
    names = {each["id"]: each["name"] for each in read["categories"]}
    pairs = {(each["image_id"], names[each["category_id"]]) for each in read["annotations"]}
    assert labels.sum() == len(pairs)
    assert not any("rectangles" in note or "area" in note for note in dataset.notes)


def test_pictures_without_an_object_have_no_label(tmp_path: Path) -> None:
    coco(tmp_path)
    read = json.loads((tmp_path / "annotations.json").read_text("utf-8"))
    read["annotations"] = [each for each in read["annotations"] if each["image_id"] != 3]
    (tmp_path / "annotations.json").write_text(json.dumps(read), "utf-8")
    dataset = Coco(path=str(tmp_path / "annotations.json"), what="labels", width=8, height=8).load(Path())
    assert dataset.size("train") == 24
    assert (dataset.splits["train"]["labels"].sum(1) == 0).sum() == 1
    assert "Pictures without an object, which have no label (1): 3.png." in dataset.notes

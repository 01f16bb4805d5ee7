"""Small data of every kind whose samples can be read from their files one by one, and a network that learns from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

COUNT = 24
SIDE = 16


@dataclass(frozen=True)
class SampleKind:
    """Data of one kind.

    Attributes:
        source: that reads it.
        write: puts its files into a folder.
        options: of the source, beside its path.
        template: of a network for it.
    """

    source: str
    write: Callable[[Path], None]
    options: dict[str, Any] = field(default_factory=dict)
    template: str = "small-unet"


def save(array: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def scene(number: int) -> tuple[Any, Any]:
    """A coloured picture with a bright rectangle, and where that is; sizes differ."""
    random = np.random.default_rng(number)
    height, width = SIDE + number % 3, SIDE + 4
    picture, mask = random.integers(0, 100, (height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    top, left = random.integers(0, 8, 2)
    mask[top : top + 6, left : left + 7] = 1 + number % 2
    picture[mask > 0] += np.uint8(120)
    return picture, mask


def class_folders(folder: Path) -> None:
    for number in range(COUNT):
        save(scene(number)[0], folder / "ab"[number % 2] / f"{number}.png")


def masks(folder: Path) -> None:
    """Masks of three levels, of which 255 does not count, and fields of view of some."""
    for number in range(COUNT):
        picture, mask = scene(number)
        mask[:2] = 255
        save(picture, folder / "images" / f"{number}.png")
        save(mask, folder / "masks" / f"{number}.png")
        if number % 3 == 0:
            save((mask < 255).astype(np.uint8) * 255, folder / "field_of_view" / f"{number}.png")


def coloured_masks(folder: Path) -> None:
    """Masks of colours, of which every third has grey ones alone."""
    colours = np.array([[0, 0, 0], [255, 255, 255], [200, 0, 0]], np.uint8)
    for number in range(COUNT):
        picture, mask = scene(number)
        save(picture, folder / "images" / f"{number}.png")
        save(
            (mask > 0).astype(np.uint8) * 255 if number % 3 == 0 else colours[mask], folder / "masks" / f"{number}.png"
        )


def pairs(folder: Path) -> None:
    for number in range(COUNT):
        picture, _ = scene(number)
        save(np.minimum(picture, 90), folder / "noisy" / f"{number}.png")
        save(picture, folder / "clean" / f"{number}.png")


def plain_pictures(folder: Path) -> None:
    for number in range(COUNT):
        save(scene(number)[0], folder / "images" / f"{number}.png")


def coco(folder: Path) -> None:
    images, annotations = [], []
    for number in range(COUNT):
        picture, mask = scene(number)
        save(picture, folder / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "height": len(mask), "width": mask.shape[1]})
        rows, columns = np.nonzero(mask)
        box = [int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1]
        annotations.append({"id": number, "image_id": number, "category_id": 1 + number % 2, "bbox": box})
        annotations.append({"id": COUNT + number, "image_id": number, "category_id": 2, "bbox": [0, 0, 3, 2]})
    categories = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    text = json.dumps({"images": images, "annotations": annotations, "categories": categories})
    (folder / "annotations.json").write_text(text, "utf-8")


def yolo(folder: Path) -> None:
    for number in range(COUNT):
        picture, _ = scene(number)
        save(picture, folder / "train" / "images" / f"{number}.png")
        labels = folder / "train" / "labels" / f"{number}.txt"
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text(f"{number % 2} 0.5 0.5 0.4 0.3\n", "utf-8")
    (folder / "data.yaml").write_text("train: train/images\nnames: [a, b]\n", "utf-8")


def clips(folder: Path) -> None:
    """Animations and folders of frames, some with fewer frames than others."""
    for number in range(COUNT):
        frames = [np.roll(scene(number)[0], step, 1) for step in range(6 + number % 5)]
        place = folder / "ab"[number % 2]
        if number % 2:
            first, *others = [Image.fromarray(frame) for frame in frames]
            place.mkdir(parents=True, exist_ok=True)
            first.save(place / f"{number}.gif", save_all=True, append_images=others, duration=50)
        else:
            for step, frame in enumerate(frames):
                save(frame, place / f"{number}" / f"{step:02}.png")


def volumes(folder: Path) -> None:
    nib = pytest.importorskip("nibabel")
    for number in range(COUNT):
        values = np.random.default_rng(number).random((SIDE, SIDE, 8 + number % 2), np.float32)
        values[: SIDE // 2] += 3 * (number % 2)
        place = folder / "ab"[number % 2] / f"{number}.nii.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        nib.save(nib.Nifti1Image(values, np.diag([-1, -1, 1, 1])), place)


SIZED = {"width": SIDE, "height": SIDE}
KINDS = {
    "pictures": SampleKind("folder", class_folders, {"width": 20, "height": 20}, "lenet5"),
    "masks": SampleKind("masks", masks, SIZED),
    "masks in squares": SampleKind("masks", masks, {"tile": 8, "overlap": 2}),
    "coloured masks": SampleKind("masks", coloured_masks, {**SIZED, "resize": "pad"}),
    "pairs": SampleKind("pairs", pairs, SIZED, "small-dncnn"),
    "degraded pairs": SampleKind("pairs", plain_pictures, {"degrade": "noise", "patch": 8}, "small-dncnn"),
    "coco": SampleKind("coco", coco, {**SIZED, "resize": "pad"}),
    "coco, a class each": SampleKind("coco", coco, {"width": 20, "height": 20, "what": "label"}, "lenet5"),
    "yolo": SampleKind("yolo", yolo, SIZED),
    "clips": SampleKind("clips", clips, {"frames": 8, "side": SIDE}, "small-c3d"),
    "volumes": SampleKind("volumes", volumes, {}, "small-c3d"),
}

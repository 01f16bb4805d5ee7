from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data import limits
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.sources.pairs import Pairs


def save(path: Path, array: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array)).save(path)


def smooth(height: int = 32, width: int = 48, channels: int = 3) -> Any:
    y, x = np.mgrid[0:height, 0:width]
    planes = [120 + 80 * np.sin(0.1 * x + plane) * np.cos(0.13 * y) for plane in range(channels)]
    picture = np.stack(planes, -1).astype(np.uint8)
    return picture[..., 0] if channels == 1 else picture


def psnr(one: Any, other: Any) -> float:
    return float(10 * math.log10(255**2 / np.square(one.astype(float) - other).mean()))


def test_noisy_and_clean_photographs(shared_data: Path) -> None:
    dataset = Pairs(path=str(shared_data / "pairs" / "denoise")).load(Path())
    assert {name: value.shape for name, value in dataset.fields.items()} == {
        "image": (3, 512, 512),
        "clean": (3, 512, 512),
    }
    train = dataset.splits["train"]
    assert len(train["image"]) == 40
    values = [psnr(one, other) for one, other in zip(train["image"], train["clean"], strict=True)]
    assert np.mean(values) == pytest.approx(35.50, abs=0.01)
    assert (min(values), max(values)) == pytest.approx((32.3, 39.8), abs=0.05)
    assert dataset.notes == ()
    assert Pairs.claim(shared_data / "pairs" / "denoise") == 2
    assert Pairs.claim(shared_data / "pairs" / "denoise" / "clean") == 0


def test_patches_of_a_picture_are_in_one_split(shared_data: Path) -> None:
    path = str(shared_data / "pairs" / "denoise")
    dataset = load(DataConfig(source="pairs", options={"path": path, "patch": 256}), Path())
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 112, "validation": 24, "test": 24}
    whole = Pairs(path=path).load(Path()).splits["train"]
    quarter = {each[:, :256, :256].tobytes(): each for each in whole["clean"]}
    for arrays in dataset.splits.values():
        for at in range(0, len(arrays["clean"]), 4):
            picture = quarter.pop(arrays["clean"][at].tobytes())
            assert np.array_equal(arrays["clean"][at + 3], picture[:, 256:, 256:])
    assert not quarter


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("input/{}.png", "target/{}.png"),
        ("train/low/{}.png", "train/high/{}.png"),
        ("trainA/{}.png", "trainB/{}.png"),
        ("A/train/{}.png", "B/train/{}.png"),
        ("x/{}_noisy.png", "y/{}_clean.png"),
        ("{}_real.png", "{}_mean.png"),
        ("source/{}.png", "target/{}_target.png"),
    ],
)
def test_layouts(tmp_path: Path, first: str, second: str) -> None:
    for number, name in enumerate("abc"):
        save(tmp_path / first.format(name), np.full((4, 6), 100 + number, np.uint8))
        save(tmp_path / second.format(name), np.full((4, 6), 200 + number, np.uint8))
    train = Pairs(path=".").load(tmp_path).splits["train"]
    assert list(train["image"][:, 0, 0, 0]) == [100, 101, 102]
    assert list(train["clean"][:, 0, 0, 0]) == [200, 201, 202]


def test_small_pictures_are_brought_to_the_size_of_large_ones(tmp_path: Path) -> None:
    large = smooth(channels=1)
    save(tmp_path / "low" / "a.png", large[::2, ::2])
    save(tmp_path / "high" / "a.png", large)
    save(tmp_path / "low" / "b.png", large[:, :9])
    save(tmp_path / "high" / "b.png", large)
    dataset = Pairs(path=".").load(tmp_path)
    assert dataset.fields["image"].shape == (1, 32, 48)
    assert psnr(dataset.splits["train"]["image"], dataset.splits["train"]["clean"]) > 25
    assert "1 of 2 pictures: brought to the size of the picture to arrive at: low/a.png." in dataset.notes
    assert any("b.png: it has 9×32 pixels, but the picture to arrive at 48×32" in note for note in dataset.notes)


def test_grey_and_coloured_pictures(tmp_path: Path) -> None:
    save(tmp_path / "grey" / "a.png", smooth(channels=1))
    save(tmp_path / "colour" / "a.png", smooth())
    fields = Pairs(path=".").load(tmp_path).fields
    assert (fields["image"].shape, fields["clean"].shape) == ((1, 32, 48), (3, 32, 48))
    fields = Pairs(path=".", channels=1).load(tmp_path).fields
    assert fields["clean"].shape == (1, 32, 48)


def degraded(folder: Path, **options: Any) -> tuple[Any, Any]:
    train = Pairs.model_validate({"path": ".", **options}).load(folder).splits["train"]
    return train["image"].astype(float), train["clean"].astype(float)


def test_pictures_are_made_worse_in_a_known_way(tmp_path: Path) -> None:
    for name in "abcd":
        save(tmp_path / f"{name}.png", smooth())
    image, clean = degraded(tmp_path, degrade="noise", sigma=20)
    assert np.array_equal(clean[0], smooth().transpose(2, 0, 1))
    assert (image - clean).std() == pytest.approx(20, rel=0.05)
    assert not np.array_equal(image[0], image[1])
    again, _ = degraded(tmp_path, degrade="noise", sigma=20)
    assert np.array_equal(again, image)
    other, _ = degraded(tmp_path, degrade="noise", sigma=20, seed=1)
    assert not np.array_equal(other, image)
    image, clean = degraded(tmp_path, degrade="grey")
    assert image.shape == (4, 1, 32, 48)
    assert image[:, 0] == pytest.approx(np.tensordot([0.299, 0.587, 0.114], clean, (0, 1)), abs=1.01)
    image, clean = degraded(tmp_path, degrade="blur", radius=4)
    assert image.std() < 0.9 * clean.std()
    image, clean = degraded(tmp_path, degrade="small", factor=8)
    assert image.shape == clean.shape
    assert 20 < psnr(image, clean) < 45
    image, clean = degraded(tmp_path, degrade="holes", holes=30)
    assert 0.3 <= (image == 0).mean() < 0.4
    assert np.array_equal(image[image > 0], clean[image > 0])


def test_what_was_done_is_said(tmp_path: Path) -> None:
    save(tmp_path / "images" / "a.png", smooth())
    told = "The pictures to start from were made of the others by black squares over 25 % of them."
    assert told in Pairs(path=".", degrade="holes").load(tmp_path).notes
    with pytest.raises(UnreadableError, match="the pictures are grey, so there are no colours"):
        Pairs(path=".", degrade="grey", channels=1).load(tmp_path)


def test_class_folders_and_splits_can_be_made_worse(shared_data: Path) -> None:
    dataset = Pairs(path=str(shared_data / "cifar10_small"), degrade="blur").load(Path())
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 5000, "test": 1000}
    assert dataset.fields["clean"].shape == (3, 32, 32)


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    for name in "abc":
        for role in ("noisy", "clean"):
            save(tmp_path / role / f"{name}.png", smooth())
    (tmp_path / "noisy" / "b.png").write_bytes(b"nonsense")
    dataset = Pairs(path=".").load(tmp_path)
    assert dataset.size("train") == 2
    assert any(
        note.startswith("1 of 3 pictures cannot be read: noisy/b.png (b.png: this is no") for note in dataset.notes
    )
    (tmp_path / "clean" / "a.png").write_bytes(b"")
    with pytest.raises(UnreadableError, match="2 of 3 pictures cannot be read"):
        Pairs(path=".").load(tmp_path)


def test_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match='folders "noisy" and "clean" with files of the same names are needed'):
        Pairs(path=".").load(tmp_path)
    with pytest.raises(UnreadableError, match=r"there are no pairs|no pictures"):
        Pairs(path=".", degrade="noise").load(tmp_path)
    for role in ("noisy", "clean"):
        save(tmp_path / "test" / role / "a.png", smooth())
    with pytest.raises(UnreadableError, match="no readable pictures to train with"):
        Pairs(path=".").load(tmp_path)
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    with pytest.raises(UnreadableError, match="Set width and height"):
        Pairs(path=".").load(tmp_path)

"""Crops of photographs: seeded, inside the pictures, and no pixel both learnt from and tested with."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.core.resources import resource
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.pictures import fit, read_picture
from workbench.data.sources.natural import EMBEDDED, Natural


def ramp(width: int, height: int, blue: int = 0) -> Any:
    """A picture whose every pixel tells its place: red is the column, green the row, blue the picture."""
    array = np.zeros((height, width, 3), np.uint8)
    array[..., 0] = np.arange(width)
    array[..., 1] = np.arange(height)[:, None]
    array[..., 2] = blue
    return Image.fromarray(array)


def folder_of(folder: Path, *sizes: tuple[int, int]) -> Path:
    for number, size in enumerate(sizes):
        ramp(*size, number).save(folder / f"p{number}.png")
    return folder


def test_the_photograph_that_is_here() -> None:
    data = Natural().load(Path("anywhere"))
    assert data.fields["image"].shape == (1, 50, 50)
    assert {split: data.size(split) for split in data.splits} == {"train": 100, "validation": 20, "test": 20}
    images = data.splits["train"]["image"]
    assert images.dtype == np.uint8
    assert images.std() > 30
    assert len({crop.tobytes() for crop in images}) == 100
    assert data.notes == ()


def test_it_is_small_and_given_credit() -> None:
    assert resource(EMBEDDED).stat().st_size <= 100_000
    text = resource("photographs/ATTRIBUTION.md").read_text()
    assert "danielbuechele" in text
    assert "CC BY 2.0" in text


def test_it_is_the_photograph_of_the_shared_data(shared_data: Path) -> None:
    original, _ = read_picture(shared_data / "natural" / "china.jpg")
    ours, _ = read_picture(resource(EMBEDDED))
    assert ours.shape == original.shape
    assert np.abs(ours.astype(int) - original).mean() < 5


def test_crops_are_pieces_of_the_picture(tmp_path: Path) -> None:
    ramp(200, 60).save(tmp_path / "one.png")
    data = Natural(path="one.png", size=16, grey=False, crops=300).load(tmp_path)
    for split in data.splits.values():
        for crop in split["image"]:
            x, y = int(crop[0, 0, 0]), int(crop[1, 0, 0])
            assert (crop[0] == np.arange(x, x + 16)).all()
            assert (crop[1] == np.arange(y, y + 16)[:, None]).all()
    corners = data.splits["train"]["image"][:, :2, 0, 0]
    assert corners[:, 1].min() == 0
    assert corners[:, 1].max() == 60 - 16, "up to the last row"


def test_grey_is_luma(tmp_path: Path) -> None:
    ramp(200, 60).save(tmp_path / "one.png")
    grey, colour = (
        Natural(path="one.png", size=16, grey=grey).load(tmp_path).splits["train"]["image"] for grey in (True, False)
    )
    assert grey.shape == (100, 1, 16, 16)
    assert colour.shape == (100, 3, 16, 16)
    assert (grey[5] == fit(colour[5], 1, 16, 16)).all()


def test_the_splits_of_one_picture_do_not_overlap(tmp_path: Path) -> None:
    ramp(200, 60).save(tmp_path / "one.png")
    data = Natural(path="one.png", size=16, grey=False, crops=2000).load(tmp_path)
    columns = {
        split: (arrays["image"][:, 0].min(), arrays["image"][:, 0].max()) for split, arrays in data.splits.items()
    }
    assert columns == {"train": (0, 139), "validation": (140, 169), "test": (170, 199)}


def test_of_several_pictures_each_split_has_its_own(tmp_path: Path) -> None:
    data = Natural(path=".", size=16, grey=False, crops=500).load(folder_of(tmp_path, *[(40, 30)] * 10))
    own = {split: set(arrays["image"][:, 2, 0, 0].tolist()) for split, arrays in data.splits.items()}
    assert [len(own[split]) for split in ("train", "validation", "test")] == [6, 2, 2]
    assert len(set.union(*own.values())) == 10, "no picture is in two splits"
    counts = np.bincount(data.splits["train"]["image"][:, 2, 0, 0])
    assert counts[counts > 0].min() > 50, "each picture is as likely"


def test_a_picture_that_is_too_narrow_is_for_training_alone(tmp_path: Path) -> None:
    ramp(40, 40).save(tmp_path / "one.png")
    data = Natural(path="one.png", size=32).load(tmp_path)
    assert set(data.splits) == {"train"}
    assert [note.split(" crops")[0] for note in data.notes] == [
        "There is no room for validation", "There is no room for test"
    ]  # fmt: skip
    assert Natural(path="one.png", size=40).load(tmp_path).size("train") == 100


def test_seeds(tmp_path: Path) -> None:
    folder_of(tmp_path, (60, 60), (80, 50))
    one, same, other = (Natural(path=".", size=8, seed=seed).load(tmp_path).fingerprint for seed in (1, 1, 2))
    assert one == same != other


def test_broken_and_small_pictures_are_named_and_left_out(tmp_path: Path) -> None:
    folder_of(tmp_path, (60, 60), (80, 50), (9, 70))
    buffer = io.BytesIO()
    ramp(60, 60).save(buffer, "PNG")
    (tmp_path / "cut.png").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.txt").write_text("no picture")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / ".hidden.png").write_bytes(b"x")
    data = Natural(path=".", size=20).load(tmp_path)
    broken, small = data.notes[:2]
    assert broken.startswith("2 of 5 pictures cannot be read: cut.png (")
    assert "empty.jpg (the file is empty" in broken
    assert small == "1 of 5 pictures are smaller than 20×20: p2.png (9×70)."


def test_real_pictures_and_bad_ones(shared_data: Path, tmp_path: Path) -> None:
    data = Natural(path="natural", crops=200).load(shared_data)
    assert set(data.splits) == {"train", "validation", "test"}
    assert data.notes == ()
    for name in ("gray16.png", "cmyk.jpg", "animated.gif", "bomb.png", "zero_bytes.jpg"):
        shutil.copy(shared_data / "bad" / name, tmp_path)
    data = Natural(path=".", size=8).load(tmp_path)
    told = " ".join(data.notes)
    assert "2 of 5 pictures cannot be read: bomb.png" in told
    assert "animated.gif: it has several frames" in told


@pytest.mark.parametrize(
    ("path", "message"),
    [("missing", "there is no such picture or folder"), (".", "nothing can be cut out of it. There is nothing in it"),
     ("bad.png", "is no PNG"), ("sub", r"1 of 1 pictures are smaller than 50×50: p0.png \(9×9\)")],
)  # fmt: skip
def test_what_cannot_be_cut_is_told(tmp_path: Path, path: str, message: str) -> None:
    if path == "bad.png":
        (tmp_path / path).write_bytes(b"nonsense")
    if path == "sub":
        (tmp_path / "sub").mkdir()
        folder_of(tmp_path / "sub", (9, 9))
    with pytest.raises(UnreadableError, match=message):
        Natural(path=path).load(tmp_path)


def test_projects_load_it_without_a_path(tmp_path: Path) -> None:
    data = load(DataConfig(source="natural", options={"crops": 10}), tmp_path)
    assert {split: data.size(split) for split in data.splits} == {"train": 10, "validation": 2, "test": 2}

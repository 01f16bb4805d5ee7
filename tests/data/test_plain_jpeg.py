"""Plain JPEG files take a way of their own, and give what Pillow gives; all others do not take it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.data import pictures
from workbench.data.pictures import measure, read_picture
from workbench.data.plain_jpeg import decoded, header

MOST = 10**6


def _jpeg(mode: str = "RGB", size: tuple[int, int] = (37, 22), **settings: Any) -> bytearray:
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.random.default_rng(3).integers(0, 256, (*size[::-1], bands), np.uint8)
    data = BytesIO()
    picture = Image.frombytes(mode, size, pixels.tobytes()).resize((5, 3)).resize(size)
    picture.save(data, "JPEG", **settings)
    return bytearray(data.getvalue())


def _turned(orientation: int) -> bytearray:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _jpeg(exif=exif)


@pytest.mark.parametrize(
    "data",
    [
        _jpeg(), _jpeg("L"), _jpeg(quality=97, subsampling=0), _jpeg(quality=30, subsampling=2),
        _jpeg(progressive=True), _jpeg(size=(1, 1)), _jpeg(size=(801, 3)), _jpeg(comment=b"\xff\xe1 is no block here"),
        _jpeg(icc_profile=b"profile" * 20_000),
    ],
)  # fmt: skip
def test_pixels_are_those_of_pillow(data: bytearray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Image.open(BytesIO(data)) as picture:
        wanted = np.asarray(picture)
    file = tmp_path / "a.jpg"
    file.write_bytes(data)
    monkeypatch.setattr(pictures, "_opened", None)  # it is not asked
    pixels, notes = read_picture(file)
    np.testing.assert_array_equal(pixels, wanted[np.newaxis] if wanted.ndim == 2 else wanted.transpose(2, 0, 1))
    assert measure(file) == pixels.shape
    assert not notes


@pytest.mark.parametrize(
    "data",
    [
        _turned(6), _turned(1), _jpeg("CMYK"), _jpeg()[:-200], _jpeg()[:40], bytearray(b"\xff\xd8"),
        bytearray(b"GIF89a"), bytearray(),
    ],
)  # fmt: skip
def test_all_others_are_left_to_pillow(data: bytearray) -> None:
    assert decoded(data, MOST) is None


def test_a_file_of_too_many_pixels_is_not_decoded() -> None:
    data = _jpeg(size=(64, 50))
    assert header(data, 64 * 50) == (3, 50, 64)
    assert header(data, 64 * 50 - 1) is None
    assert decoded(data, 64 * 50 - 1) is None


def test_a_picture_on_its_side_is_turned(tmp_path: Path) -> None:
    file = tmp_path / "phone.jpg"
    file.write_bytes(_turned(6))
    pixels, _ = read_picture(file)
    assert measure(file) == pixels.shape == (3, 37, 22)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_pixels_go_straight_to_where_a_data_set_keeps_them(mode: str, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(_jpeg(mode))
    wanted, _ = read_picture(file)
    kept = np.full((3, 22, 37, len(wanted)), 7, np.uint8).transpose(0, 3, 1, 2)
    row = kept[1]
    assert read_picture(file, into=row)[0] is row
    np.testing.assert_array_equal(row, wanted)
    assert (kept[[0, 2]] == 7).all()


@pytest.mark.parametrize(
    "row",
    [
        np.zeros((22, 38, 3), np.uint8).transpose(2, 0, 1),
        np.zeros((22, 37, 1), np.uint8).transpose(2, 0, 1),
        np.zeros((22, 37, 3), np.float32).transpose(2, 0, 1),
        np.zeros((3, 22, 37), np.uint8),
    ],
)
def test_memory_of_another_form_is_left_alone(row: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(_jpeg())
    pixels, _ = read_picture(file, into=row)
    assert pixels is not row
    np.testing.assert_array_equal(pixels, read_picture(file)[0])
    assert not row.any()


def test_what_was_decoded_of_a_damaged_file_does_not_stay() -> None:
    row = np.zeros((22, 37, 3), np.uint8).transpose(2, 0, 1)
    assert decoded(_jpeg()[:-200], MOST, row) is None
    assert not row.any()

"""Grey levels, bands and kinds of picture files: nothing of them is lost without a word."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data.picture_kinds import FORMATS, format_of
from workbench.data.pictures import read_picture
from workbench.data.sources.folder import PictureFolder

RAMP = np.linspace(0, 1, 64).reshape(8, 8)


def tiff(path: Path, array: Any, kind: int = 1) -> Path:
    """A TIFF without packing, (H, W, C); kind: 1 whole numbers, 3 floats."""
    height, width, bands = array.shape
    data, entries, extra = array.tobytes(), [], b""
    start = 8 + len(data)
    for tag, code, values in (
        (256, "I", (width,)), (257, "I", (height,)), (258, "H", (8 * array.itemsize,) * bands), (259, "H", (1,)),
        (262, "H", (2 if bands >= 3 else 1,)), (273, "I", (8,)), (277, "H", (bands,)), (278, "I", (height,)),
        (279, "I", (len(data),)), (338, "H", (0,) * (bands - 3)), (339, "H", (kind,) * bands),
    ):  # fmt: skip
        if values:
            raw = struct.pack(f"<{len(values)}{code}", *values)
            place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack("<I", start + len(extra))
            extra += raw if len(raw) > 4 else b""
            entries.append(struct.pack("<HHI", tag, 3 if code == "H" else 4, len(values)) + place)
    table = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", start + len(extra)) + data + extra + table)
    return path


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_few_bits_in_a_file_of_sixteen_are_told_and_can_be_given(tmp_path: Path, bits: int) -> None:
    path, white = tmp_path / "a.png", 2**bits - 1
    Image.fromarray((RAMP * white).astype(np.uint16)).save(path)
    dark, notes = read_picture(path)
    assert dark.max() < 32
    assert notes == (f"its grey levels use {bits} of 16 bits, so it is dark (white={white} makes it bright)",)
    bright, _ = read_picture(path, white)
    assert np.abs(bright[0].astype(float) - RAMP * 255).max() <= 1


def test_sixteen_whole_bits_need_no_word(tmp_path: Path) -> None:
    Image.fromarray((RAMP * 65535).astype(np.uint16)).save(tmp_path / "a.png")
    pixels, notes = read_picture(tmp_path / "a.png")
    assert (pixels.max(), notes) == (255, ())


def test_masks_become_black_and_white_where_that_is_said(tmp_path: Path) -> None:
    mask = (RAMP > 0.5).astype(np.uint8)
    (tmp_path / "m").mkdir()
    Image.fromarray(mask).save(tmp_path / "m" / "1.png")
    told = PictureFolder(path=".").load(tmp_path).notes
    assert any("above 1 of 255. For masks of 0 and 1 give white=1" in note for note in told)
    dataset = PictureFolder(path=".", white=1).load(tmp_path)
    assert (dataset.splits["train"]["image"][0, 0] == mask * 255).all()
    assert dataset.notes == ()
    Image.fromarray(mask * 9).save(tmp_path / "m" / "2.png")
    with pytest.raises(UnreadableError, match=r"go from 0 to 9, but 0 to 1 is needed.*white=LEVEL"):
        read_picture(tmp_path / "m" / "2.png", 1)


@pytest.mark.parametrize("bands", [5, 6])
def test_bands_that_are_left_out_are_told(tmp_path: Path, bands: int) -> None:
    array = np.repeat((RAMP * 255).astype(np.uint8)[..., None], bands, -1)
    pixels, notes = read_picture(tiff(tmp_path / "a.tif", array))
    assert pixels.shape == (3, 8, 8)
    assert notes == (f"it has {bands} bands, of which the first 3 are taken",)


@pytest.mark.parametrize(("bands", "dtype"), [(3, "<f4"), (1, "<f8"), (2, "<f4")])
def test_a_picture_of_a_kind_that_is_not_read_is_called_so(tmp_path: Path, bands: int, dtype: str) -> None:
    array = np.repeat(RAMP[..., None], bands, -1).astype(dtype)
    with pytest.raises(UnreadableError) as caught:
        read_picture(tiff(tmp_path / "a.tif", array, 3))
    bits = 8 * np.dtype(dtype).itemsize
    assert f"a TIFF picture of {bands} band{'s' * (bands > 1)} of {bits}-bit floats that is not read" in str(
        caught.value
    )


def test_a_damaged_header_is_no_foreign_format(tmp_path: Path) -> None:
    for start in (b"II*\0\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n" + bytes(9)):
        (tmp_path / "a.png").write_bytes(start)
        with pytest.raises(UnreadableError, match=r"damaged"):
            read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_known_by_their_first_bytes(tmp_path: Path, name: str) -> None:
    Image.new("RGB" if name != "GIF" else "L", (4, 4)).save(tmp_path / "a", name)
    assert format_of((tmp_path / "a").read_bytes()) == name
    assert format_of(b"%PDF-1.7") == ""


def test_pictures_of_more_bits_are_not_called_dark_unless_they_are(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / "a").mkdir(exist_ok=True)
        Image.fromarray((RAMP * 65535).astype(np.uint16)).save(tmp_path / "a" / f"{number}.png")
    options = {"path": str(tmp_path)}
    assert not any("nearly black" in note for note in PictureFolder.model_validate(options).load(tmp_path).notes)
    for number in range(4):
        Image.fromarray((RAMP * 4095).astype(np.uint16)).save(tmp_path / "a" / f"{number}.png")
    (note,) = [n for n in PictureFolder.model_validate(options).load(tmp_path).notes if "nearly black" in n]
    assert "no value of image is above 15 of 255" in note

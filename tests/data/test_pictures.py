from __future__ import annotations

import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data import pictures
from workbench.data.pictures import fit, measure, read_picture

RED, BLUE = (255, 0, 0), (0, 0, 255)


def left_right(left: object, right: object, mode: str = "RGB", size: tuple[int, int] = (8, 4)) -> Image.Image:
    """A picture whose left half has one colour and whose right half another."""
    picture = Image.new(mode, size, left)  # type: ignore[arg-type]
    picture.paste(right, (size[0] // 2, 0, *size))  # type: ignore[arg-type]
    return picture


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", ["png", "bmp", "webp", "gif", "tif", "ppm"])
def test_colour_of_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    left_right(RED, BLUE).save(path, **({"lossless": True} if suffix == "webp" else {}))
    array, notes = read_picture(path)
    assert array.shape == (3, 4, 8)
    assert array.dtype == np.uint8
    assert tuple(array[:, 0, 0]) == RED
    assert tuple(array[:, 3, 7]) == BLUE
    assert notes == ()
    assert measure(path) == (3, 4, 8)


def test_jpeg_is_near_enough(tmp_path: Path) -> None:
    left_right(RED, BLUE, size=(32, 16)).save(tmp_path / "a.jpg", quality=95)
    array, _ = read_picture(tmp_path / "a.jpg")
    assert np.abs(array[:, 2, 2].astype(int) - RED).max() < 12


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [("L", (10, 200), (10, 200)), ("1", (0, 1), (0, 255)), ("LA", ((10, 255), (10, 0)), (10, 255))],
)
def test_grey_stays_one_channel(tmp_path: Path, mode: str, values: tuple[object, object], expected: object) -> None:
    left_right(*values, mode=mode).save(tmp_path / "a.png")
    array, _ = read_picture(tmp_path / "a.png")
    assert array.shape == (1, 4, 8)
    assert (array[0, 0, 0], array[0, 0, 7]) == expected
    assert measure(tmp_path / "a.png") == (1, 4, 8)


def test_palette_with_colours_is_colour_and_grey_palette_is_grey(tmp_path: Path) -> None:
    left_right(RED, BLUE).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "colour.png")
    assert tuple(read_picture(tmp_path / "colour.png")[0][:, 0, 0]) == RED
    grey = left_right(0, 1, mode="P")
    grey.putpalette([7, 7, 7, 99, 99, 99])
    grey.save(tmp_path / "grey.png")
    array, _ = read_picture(tmp_path / "grey.png")
    assert array.shape == (1, 4, 8)
    assert set(array.ravel()) == {7, 99}
    assert measure(tmp_path / "grey.png")[0] == 1


def test_transparent_becomes_white(tmp_path: Path) -> None:
    left_right((*RED, 255), (0, 0, 0, 0), mode="RGBA").save(tmp_path / "alpha.png")
    array, _ = read_picture(tmp_path / "alpha.png")
    assert tuple(array[:, 0, 0]) == RED
    assert tuple(array[:, 0, 7]) == (255, 255, 255)
    left_right(RED, BLUE).save(tmp_path / "key.png", transparency=BLUE)
    assert tuple(read_picture(tmp_path / "key.png")[0][:, 0, 7]) == (255, 255, 255)


def test_16_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(1, 64).repeat(2, axis=0)
    for name in ("a.png", "a.tif", "a.pgm"):
        Image.fromarray(ramp).save(tmp_path / name)
        array, _ = read_picture(tmp_path / name)
        assert array.shape == (1, 2, 64)
        assert np.abs(array[0, 0] - np.linspace(0, 255, 64)).max() <= 1


def test_float_greys_are_taken_from_0_to_1_only(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32)).save(tmp_path / "good.tif")
    assert list(read_picture(tmp_path / "good.tif")[0].ravel()) == [0, 128, 255]
    for name, value in (("far.tif", 300.0), ("nan.tif", np.nan)):
        Image.fromarray(np.array([[0.0, value]], np.float32)).save(tmp_path / name)
        with pytest.raises(UnreadableError, match=r"grey levels go from .* but 0 to 1 is needed"):
            read_picture(tmp_path / name)


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    left_right((0, 255, 255, 0), (0, 0, 0, 0), mode="CMYK", size=(32, 16)).save(tmp_path / "a.jpg", quality=95)
    array, _ = read_picture(tmp_path / "a.jpg")
    assert array.shape == (3, 16, 32)
    assert np.abs(array[:, 2, 2].astype(int) - RED).max() < 12


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_camera_orientation_is_applied(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6  # turn clockwise: what is on the left comes to the top
    left_right(RED, BLUE, size=(32, 16)).save(tmp_path / f"a.{suffix}", exif=exif)
    array, notes = read_picture(tmp_path / f"a.{suffix}")
    assert array.shape == (3, 32, 16)
    assert array[0, 2, 8] > 240
    assert array[2, 30, 8] > 240
    assert notes == ()
    assert measure(tmp_path / f"a.{suffix}") == (3, 32, 16)


def test_a_damaged_exif_block_does_not_lose_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_right(RED, BLUE).save(tmp_path / "a.jpg", exif=Image.Exif().tobytes())

    def raising(*_: object, **__: object) -> None:
        raise SyntaxError("not a TIFF file")

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", raising)
    monkeypatch.setattr("PIL.Image.Image.getexif", raising)
    array, notes = read_picture(tmp_path / "a.jpg")
    assert array.shape == (3, 4, 8)
    assert notes == ("its EXIF block is damaged, so it is shown as it is stored",)
    assert measure(tmp_path / "a.jpg") == (3, 4, 8)


@pytest.mark.parametrize("suffix", ["gif", "tif", "png", "webp"])
def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (4, 4), RED), Image.new("RGB", (4, 4), BLUE)]
    frames[0].save(
        tmp_path / f"a.{suffix}",
        save_all=True,
        append_images=frames[1:],
        **({"lossless": True} if suffix == "webp" else {}),
    )
    array, notes = read_picture(tmp_path / f"a.{suffix}")
    assert tuple(array[:, 0, 0]) == RED
    assert notes == ("it has several frames, of which the first is taken",)


def test_pillows_remarks_stay_off_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Text that is too long for its tag: a UserWarning, here an error, of a picture that is good."""
    left_right(RED, BLUE).save(tmp_path / "a.tif", tiffinfo={270: "x" * 100})
    data = bytearray((tmp_path / "a.tif").read_bytes())
    tag = data.index(struct.pack("<HH", 270, 2))
    data[tag + 4 : tag + 8] = struct.pack("<I", 60000)
    (tmp_path / "a.tif").write_bytes(data)
    for _ in range(3):
        assert read_picture(tmp_path / "a.tif")[0].shape == (3, 4, 8)
    left_right(RED, BLUE).save(tmp_path / "b.tif")
    data = bytearray((tmp_path / "b.tif").read_bytes())
    tag = data.index(struct.pack("<HH", 277, 3))  # samples for each pixel
    data[tag + 8 : tag + 10] = struct.pack("<H", 255)
    (tmp_path / "b.tif").write_bytes(data)
    with pytest.raises(UnreadableError):
        read_picture(tmp_path / "b.tif")
    assert sum(entry[3] == pictures.REMARKS for entry in warnings.filters) == 1
    assert capfd.readouterr().err == ""
    assert not caplog.records


def test_a_cut_jpeg_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    for share in (3, 2):
        (tmp_path / "cut.jpg").write_bytes(data[: len(data) // share])
        with pytest.raises(UnreadableError, match=r"cut\.jpg: the picture is damaged or cut off \("):
            read_picture(tmp_path / "cut.jpg")


@pytest.mark.parametrize(("side", "pixels"), [(7100, "50,410,000"), (9000, "81,000,000"), (60000, "3,600,000,000")])
def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path, side: int, pixels: str) -> None:
    (tmp_path / "bomb.png").write_bytes(png_claiming(side, side))
    for reader in (read_picture, measure):
        with pytest.raises(UnreadableError, match=rf"bomb\.png: it claims {pixels} pixels; at most 50,000,000"):
            reader(tmp_path / "bomb.png")
    assert Image.MAX_IMAGE_PIXELS == pictures.MOST_PIXELS


def test_the_size_is_checked_even_without_pillows_own_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_guard", lambda module: None)
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", None)
    (tmp_path / "bomb.png").write_bytes(png_claiming(60000, 60000))
    with pytest.raises(UnreadableError, match="it claims 3,600,000,000 pixels"):
        read_picture(tmp_path / "bomb.png")


def test_formats_that_run_programs_or_have_no_limits_stay_closed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.format == "EPS"  # Pillow itself would take it
    with pytest.raises(UnreadableError, match=r"a\.jpg: this is no PNG, .* picture \(it begins with '%!PS-Ado'\)"):
        read_picture(tmp_path / "a.jpg")


def test_empty_missing_folder_and_pipe(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    with pytest.raises(UnreadableError, match=r"empty\.jpg: the file is empty"):
        read_picture(tmp_path / "empty.jpg")
    with pytest.raises(UnreadableError, match="there is no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(UnreadableError, match="this is a folder"):
        read_picture(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(UnreadableError, match="not a plain file"):
            read_picture(tmp_path / "pipe.png")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_FILE_BYTES", 50)
    left_right(RED, BLUE).save(tmp_path / "a.png")
    with pytest.raises(UnreadableError, match="at most 50 are taken"):
        read_picture(tmp_path / "a.png")


def test_too_little_memory_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object) -> None:
        raise MemoryError

    left_right(RED, BLUE).save(tmp_path / "a.png")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", raising)
    with pytest.raises(UnreadableError, match="not enough memory"):
        read_picture(tmp_path / "a.png")


def halves(height: int, width: int) -> pictures.Pixels:
    """White on the left, black on the right."""
    array = np.zeros((1, height, width), np.uint8)
    array[:, :, : width // 2] = 255
    return array


def test_fit_leaves_alone_what_fits() -> None:
    array = halves(4, 8)
    assert fit(array, 1, 4, 8) is array


def test_fit_converts_channels() -> None:
    grey = halves(4, 8)
    colour = fit(grey, 3, 4, 8)
    assert colour.shape == (3, 4, 8)
    assert (colour == grey).all()
    assert (fit(colour, 1, 4, 8) == grey).all()
    red = np.zeros((3, 4, 8), np.uint8)
    red[0] = 255
    assert set(fit(red, 1, 4, 8).ravel()) == {76}  # luma of pure red


def test_crop_fills_the_frame_from_the_middle() -> None:
    array = np.zeros((1, 10, 30), np.uint8)
    array[:, :, 10:20] = 200
    assert (fit(array, 1, 10, 10, "crop") == 200).all()
    whole = fit(array, 1, 5, 15, "stretch")
    assert (fit(array, 1, 5, 5, "crop") == whole[:, :, 5:10]).all()  # scaled as a whole, then cut
    assert (fit(array.transpose(0, 2, 1), 1, 5, 5, "crop") == whole[:, :, 5:10].transpose(0, 2, 1)).all()


def test_stretch_keeps_everything() -> None:
    array = fit(halves(10, 30), 1, 10, 10, "stretch")
    assert (array[:, :, :4] == 255).all()
    assert (array[:, :, 6:] == 0).all()


def test_pad_puts_black_around() -> None:
    white = np.full((3, 10, 30), 255, np.uint8)
    array = fit(white, 3, 12, 12, "pad")
    assert array.shape == (3, 12, 12)
    assert (array[:, 4:8] == 255).all()
    assert (array[:, :4] == 0).all()
    assert (array[:, 8:] == 0).all()
    assert fit(np.full((1, 1, 1000), 9, np.uint8), 1, 4, 4, "pad").sum() == 9 * 4  # never thinner than a pixel


def test_resizing_is_antialiased() -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)[np.newaxis]
    small = fit(board, 1, 8, 8)
    assert np.abs(small.astype(int) - 127).max() <= 3  # a picked pixel would be 0 or 255

"""Pictures of more than 8 bits keep them, whichever source reads them; what loses some says so."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.pictures import fit, read_picture
from workbench.data.spec import Dataset

RAMP = np.linspace(0, 65535, 20 * 16).reshape(16, 20).round().astype(np.uint16)


def save(path: Path, levels: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(levels).save(path)


def loaded(source: str, path: Path, **options: Any) -> Dataset:
    return load(DataConfig(source=source, options={"path": str(path), **options}), path)


def fractions(levels: Any) -> Any:
    return (levels / np.float32(65535)).astype(np.float32)


def pictures(folder: Path) -> None:
    """Two classes of pictures of 16 bits that differ by less than 8 bits would show, and one of 8 bits."""
    for number in range(6):
        save(folder / "ab"[number % 2] / f"{number}.png", np.minimum(RAMP, 65000) + np.uint16(number))
    save(folder / "a" / "plain.png", (RAMP >> 8).astype(np.uint8))


def test_folders_keep_all_bits(tmp_path: Path) -> None:
    pictures(tmp_path)
    dataset = loaded("folder", tmp_path)
    value = dataset.fields["image"]
    assert (value.shape, value.dtype) == ((1, 16, 20), "float32")
    every = np.concatenate([split["image"] for split in dataset.splits.values()])
    wanted = {fractions(np.minimum(RAMP, 65000) + np.uint16(number)).tobytes() for number in range(6)}
    found = {np.ascontiguousarray(each[0]).tobytes() for each in every}
    assert wanted < found
    assert ((RAMP >> 8).astype(np.uint8) / np.float32(255)).tobytes() in found


def test_who_asks_for_8_bits_is_told_what_is_lost(tmp_path: Path) -> None:
    pictures(tmp_path)
    dataset = loaded("folder", tmp_path, bits=8)
    assert dataset.fields["image"].dtype == "uint8"
    expected = np.rint(RAMP * np.float32(255 / 65535)).astype(np.uint8)
    assert np.array_equal(read_picture(tmp_path / "a" / "0.png")[0][0], np.minimum(expected, 253))


@pytest.mark.parametrize("source", ["csv", "masks", "pairs"])
def test_other_sources_keep_them_too(tmp_path: Path, source: str) -> None:
    first, second = {"masks": ("images", "masks"), "pairs": ("noisy", "clean")}.get(source, ("p", ""))
    for number in range(5):
        save(tmp_path / first / f"{number}.png", RAMP)
        if source == "masks":
            save(tmp_path / second / f"{number}.png", (RAMP > 30000).astype(np.uint8))
        elif source == "pairs":
            save(tmp_path / second / f"{number}.png", RAMP // 2)
    (tmp_path / "table.csv").write_text("file,label\n" + "".join(f"p/{n}.png,{'ab'[n % 2]}\n" for n in range(5)))
    dataset = loaded(source, tmp_path / "table.csv" if source == "csv" else tmp_path)
    assert np.array_equal(dataset.splits["train"]["image"][0, 0], fractions(RAMP))
    if source == "pairs":
        assert np.array_equal(dataset.splits["train"]["clean"][0, 0], fractions(RAMP // 2))


@pytest.mark.parametrize("how", ["crop", "stretch", "pad"])
def test_fractions_are_resized_as_bytes_are(how: Any) -> None:
    shares = fractions(RAMP)[None]
    plain = np.rint(shares * 255).astype(np.uint8)
    deep, coarse = fit(shares, 1, 9, 9, how), fit(plain, 1, 9, 9, how)
    assert deep.dtype == np.float32
    assert np.abs(deep * 255 - coarse).max() < 1.5  # bytes are rounded after each of two passes
    assert fit(shares, 3, 9, 9, how).shape == (3, 9, 9)


def test_a_picture_is_as_a_file_what_it_is_as_a_sample(tmp_path: Path) -> None:
    from workbench.data.loading import source_of

    pictures(tmp_path)
    config = DataConfig(source="folder", options={"path": str(tmp_path)})
    dataset, source = load(config, tmp_path), source_of(config)
    array, _ = source.decode(tmp_path / "b" / "1.png")
    fitted = source.fit(array, dataset.fields["image"].shape)
    every = np.concatenate([split["image"] for split in dataset.splits.values()])
    assert any(np.array_equal(fitted, each) for each in every)


def test_colours_of_16_bits_are_told(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + np.full((4, 3), 40000, ">u2").tobytes() for _ in range(4))
    head = struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)
    file = tmp_path / "deep.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    pixels, notes = read_picture(file)
    assert pixels.shape == (3, 4, 4)
    assert notes == ("its colours have 16 bits, of which 8 are taken",)

"""Reads IDX files, the format of MNIST: a magic number, the sizes, then bytes; packed with gzip or not.

Nothing is believed: the header is compared with what really follows it, a megabyte at a time, so that neither a lying
header nor a gzip bomb takes more memory than the data it brings.
"""

from __future__ import annotations

import gzip
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError, shown
from workbench.core.values import Value
from workbench.data.places import check_amount
from workbench.data.spec import Array, Dataset

CHUNK = 1 << 20
TYPES = {
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
NAME = re.compile(r"(train|t10k|test|validation|valid|val)-(images|labels)[-.]idx(\d)-ubyte(\.gz)?\Z", re.IGNORECASE)
SPLIT_OF = {"train": "train", "t10k": "test", "test": "test"}  # the rest is "validation"


def read_idx(path: str | Path, limit: int | None = None) -> NDArray[np.uint8]:
    """Reads one file of bytes.

    Args:
        path: the file; gzip is recognised by its content.
        limit: keep only that many of the first entries; the rest is still checked.

    Returns:
        Bytes with 1 to 4 axes, as the header says.

    Raises:
        UnreadableError: it is no IDX file of bytes, or header and length do not fit.
    """
    return _read(Path(path), limit)[0]


def _read(path: Path, limit: int | None) -> tuple[NDArray[np.uint8], int]:
    """The first entries, and how many there are in all."""
    with _stream(path) as stream:
        shape = _header(path, stream)
        count = shape[0] if limit is None else min(limit, shape[0])
        sample = prod(shape[1:])
        check_amount(path, count * sample, "Take fewer samples with limit=N.")
        data = _exactly(path, stream, prod(shape), keep=count * sample)
    return np.frombuffer(data, np.uint8).reshape(count, *shape[1:]), shape[0]


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """The unpacked bytes of a plain file; what goes wrong while reading them becomes one sentence."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError(path, "this is not a plain file.")
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not is_packed:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
    except UnreadableError:
        raise
    except EOFError:
        raise UnreadableError(path, "the file is cut off in the middle of its gzip stream. Copy it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(path, f"the gzip stream is damaged ({shown(error)}). Copy the file again.") from None
    except FileNotFoundError:
        raise UnreadableError(path, "there is no such file.") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(path, f"the file cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def _header(path: str | Path, stream: IO[bytes] | gzip.GzipFile) -> tuple[int, ...]:
    """The sizes that the header declares."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        found = f"0x{magic.hex().upper()}" if magic else "nothing"
        raise UnreadableError(
            path, f"this is no IDX file: it begins with {found} in place of 0x00000801 or 0x00000803."
        )
    element, axes = magic[2], magic[3]
    if element != 0x08:
        what = TYPES.get(element, "an unknown type")
        raise UnreadableError(
            path, f"its header (0x{magic.hex().upper()}) declares {what}; only unsigned bytes (0x000008…) are taken."
        )
    if not 1 <= axes <= 4:
        raise UnreadableError(path, f"its header declares {axes} axes; 1 to 4 are taken.")
    sizes = stream.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise UnreadableError(path, "the file is cut off inside its header. Copy it again.")
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * axes, 4))
    if 0 in shape:
        raise UnreadableError(path, f"its header declares {'×'.join(map(str, shape))}, so there is nothing in it.")
    return shape


def _exactly(path: str | Path, stream: IO[bytes] | gzip.GzipFile, length: int, keep: int) -> bytearray:
    """The first `keep` bytes of a stream that must have `length` of them and then end."""
    kept = bytearray()
    found = 0
    while found <= length and (chunk := stream.read(min(CHUNK, length + 1 - found))):
        found += len(chunk)
        kept += chunk[: keep - len(kept)]
    if found < length:
        raise UnreadableError(
            path, f"the file is cut off: its header promises {length:,} bytes of data, but there are {found:,}."
        )
    if found > length:
        raise UnreadableError(path, f"there is more in the file than the {length:,} bytes that its header promises.")
    return kept


@dataclass(frozen=True)
class Pair:
    """The two files of one split."""

    images: Path
    labels: Path


def find_pairs(folder: Path) -> dict[str, Pair]:
    """The files of each split in a folder; of a packed and an unpacked one the unpacked counts.

    Raises:
        UnreadableError: the folder cannot be read, has no training pictures, or a file lacks its partner.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise UnreadableError(folder, f"this folder cannot be read ({error.strerror}).") from None
    found: dict[tuple[str, str], Path] = {}
    for name in names:  # "x" comes before "x.gz"
        if match := NAME.match(name):
            split = SPLIT_OF.get(match[1].lower(), "validation")
            found.setdefault((split, match[2].lower()), folder / name)
    pairs = {}
    for split in dict.fromkeys(split for split, _ in found):
        for part in ("images", "labels"):
            if (split, part) not in found:
                raise UnreadableError(folder, f"there is no file with the {part} of the {split} split.")
        pairs[split] = Pair(found[split, "images"], found[split, "labels"])
    if "train" not in pairs:
        raise UnreadableError(
            folder, "there are no files train-images-idx3-ubyte and train-labels-idx1-ubyte (or the same with .gz)."
        )
    return pairs


def read_folder(folder: Path, limit: int | None = None) -> Dataset:
    """Reads a folder as MNIST comes in.

    Args:
        folder: with `train-images-idx3-ubyte[.gz]` and the like; `t10k` or `test` is the test split.
        limit: take only that many of the first samples of each split.

    Returns:
        Field `image`: bytes (1, H, W), (C, H, W) or, from files with two axes, vectors (F,); field `label`: classes
        named by their numbers.

    Raises:
        UnreadableError: a file cannot be taken, or the files do not belong together.
    """
    splits = {}
    for split, pair in find_pairs(folder).items():
        images, labels = _read_pair(pair, limit)
        splits[split] = {"image": images, "label": labels}
    shapes = {split: arrays["image"].shape[1:] for split, arrays in splits.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{split} {'×'.join(map(str, shape))}" for split, shape in shapes.items())
        raise UnreadableError(folder, f"the splits have pictures of different sizes: {told}.")
    count = 1 + max(int(arrays["label"].max()) for arrays in splits.values())
    shape = shapes["train"]
    fields = {
        "image": Value(shape, "vector" if len(shape) == 1 else "map", "uint8"),
        "label": Value((), "class", "int64", tuple(map(str, range(count)))),
    }
    return Dataset(fields, splits)


def _read_pair(pair: Pair, limit: int | None) -> tuple[Array, Array]:
    """Pictures (N, C, H, W) or vectors (N, F), and classes (N,)."""
    images, pictures = _read(pair.images, limit)
    labels, numbers = _read(pair.labels, limit)
    if images.ndim == 1:
        raise UnreadableError(pair.images, "its header declares 1 axis; pictures have 3.")
    if labels.ndim != 1:
        raise UnreadableError(pair.labels, f"its header declares {labels.ndim} axes; labels have 1.")
    if pictures != numbers:
        raise UnreadableError(
            pair.images, f"{pictures:,} pictures, {numbers:,} labels: the files do not belong together."
        )
    return images[:, np.newaxis] if images.ndim == 3 else images, labels.astype(np.int64)

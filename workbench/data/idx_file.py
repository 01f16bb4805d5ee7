"""Reads IDX files, the format of MNIST: a magic number, the sizes, then bytes; packed with gzip or not.

Nothing is believed: the header is compared with what really follows it, a megabyte at a time, so that neither a lying
header nor a gzip bomb takes more memory than the data it brings.
"""

from __future__ import annotations

import gzip
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data import listening
from workbench.data.idx_names import Pair, find_pairs
from workbench.data.limits import check_amount
from workbench.data.packed_file import unpacked
from workbench.data.spec import Array, Dataset

CHUNK = 1 << 20
BYTES = 0x08
TYPES = {
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
WHOLE = {BYTES: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4"}  # element types that labels may have
MOST_CLASSES = 1000


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


def _read(path: Path, limit: int | None, *, are_labels: bool = False) -> tuple[Array, int]:
    """The first entries, and how many there are in all; only labels may have more than one byte each."""
    with unpacked(path) as stream:
        element, shape = _header(path, stream, tuple(WHOLE) if are_labels else (BYTES,))
        dtype = np.dtype(WHOLE[element])
        count = shape[0] if limit is None else min(limit, shape[0])
        sample = prod(shape[1:]) * dtype.itemsize
        check_amount(path, count * sample, "Take fewer samples with limit=N.")
        data = _exactly(path, stream, shape[0] * sample, keep=count * sample)
    return np.frombuffer(data, dtype).reshape(count, *shape[1:]), shape[0]


def _header(path: str | Path, stream: IO[bytes] | gzip.GzipFile, taken: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """The element type, one of those taken, and the sizes that the header declares."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        found = f"0x{magic.hex().upper()}" if magic else "nothing"
        raise UnreadableError(
            path, f"this is no IDX file: it begins with {found} in place of 0x00000801 or 0x00000803."
        )
    element, axes = magic[2], magic[3]
    if element not in taken:
        what = TYPES.get(element, "an unknown type")
        wanted = "whole numbers are" if len(taken) > 1 else "unsigned bytes (0x000008…) are"
        raise UnreadableError(path, f"its header (0x{magic.hex().upper()}) declares {what}; only {wanted} taken.")
    if not 1 <= axes <= 4:
        raise UnreadableError(path, f"its header declares {axes} axes; 1 to 4 are taken.")
    sizes = stream.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise UnreadableError(path, "the file is cut off inside its header. Copy it again.")
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * axes, 4))
    if 0 in shape:
        raise UnreadableError(path, f"its header declares {'×'.join(map(str, shape))}, so there is nothing in it.")
    return element, shape


def _exactly(path: str | Path, stream: IO[bytes] | gzip.GzipFile, length: int, keep: int) -> bytearray:
    """The first `keep` bytes of a stream that must have `length` of them and then end."""
    kept = bytearray()
    found, tell = 0, listening.telling(length, listening.BYTES)
    while found <= length and (chunk := stream.read(min(CHUNK, length + 1 - found))):
        found += len(chunk)
        kept += chunk[: keep - len(kept)]
        tell(found)
    if found < length:
        raise UnreadableError(
            path, f"the file is cut off: its header promises {length:,} bytes of data, but there are {found:,}."
        )
    if found > length:
        raise UnreadableError(path, f"there is more in the file than the {length:,} bytes that its header promises.")
    return kept


def read_folder(folder: Path, limit: int | None = None) -> Dataset:
    """Reads a folder as MNIST comes in.

    Args:
        folder: with `train-images-idx3-ubyte[.gz]` and the like; `t10k` or `test` is the test split.
        limit: take only that many of the first samples of each split.

    Returns:
        Field `image`: bytes (1, H, W), (C, H, W) or, from files with two axes, vectors (F,); field `label`: classes
        named by their numbers, from 0 or, where nobody has that, from 1.

    Raises:
        UnreadableError: a file cannot be taken, or the files do not belong together.
    """
    splits, lowest = {}, MOST_CLASSES
    pairs, notes = find_pairs(folder)
    for split, pair in pairs.items():
        images, labels = _read_pair(pair, limit)
        lowest = min(lowest, int(labels.min()))  # of all labels: the classes must not hang on the limit
        splits[split] = {"image": images, "label": labels[: len(images)]}
    shapes = {split: arrays["image"].shape[1:] for split, arrays in splits.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{split} {'×'.join(map(str, shape))}" for split, shape in shapes.items())
        raise UnreadableError(folder, f"the splits have pictures of different sizes: {told}.")
    highest = max(int(arrays["label"].max()) for arrays in splits.values())
    first = 1 if lowest == 1 else 0
    if first:
        notes.append(f"The labels begin with 1, and nobody has 0: the classes are 1 to {highest}.")
        for arrays in splits.values():
            arrays["label"] -= first
    shape = shapes["train"]
    fields = {
        "image": Value(shape, "vector" if len(shape) == 1 else "map", "uint8"),
        "label": Value((), "class", "int64", tuple(map(str, range(first, highest + 1)))),
    }
    return Dataset(fields, splits, tuple(notes))


def _read_pair(pair: Pair, limit: int | None) -> tuple[Array, Array]:
    """Pictures (N, C, H, W) or vectors (N, F), and the classes of all that are in the file."""
    images, pictures = _read(pair.images, limit)
    labels, numbers = _read(pair.labels, None, are_labels=True)
    if images.ndim == 1:
        raise UnreadableError(pair.images, "its header declares 1 axis; pictures have 3.")
    if labels.ndim != 1:
        raise UnreadableError(pair.labels, f"its header declares {labels.ndim} axes; labels have 1.")
    if pictures != numbers:
        raise UnreadableError(
            pair.images, f"{pictures:,} pictures, {numbers:,} labels: the files do not belong together."
        )
    if not 0 <= (worst := labels[np.argmax(np.where(labels < 0, MOST_CLASSES, labels))]) < MOST_CLASSES:
        raise UnreadableError(
            pair.labels, f"there is a label {worst:,} in it; classes are numbered from 0 to {MOST_CLASSES - 1} at most."
        )
    return images[:, np.newaxis] if images.ndim == 3 else images, labels.astype(np.int64)

"""One table of broken and hostile inputs: by which door each comes in, and what must be said or done."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Door = Literal["picture", "weights", "folder", "idx", "npz", "poses", "natural"]
TAKEN = ""  # in place of what is said: it is read, in silence or with a note


@dataclass(frozen=True)
class Hostile:
    """One input.

    Attributes:
        name: of the file or folder.
        door: as what it is given to the program.
        said: a pattern that the one sentence must match; `TAKEN` if the input is sound enough to be read.
        make: writes it at a path; None for a file of the shared data.
    """

    name: str
    door: Door
    said: str
    make: Callable[[Path], None] | None = None

    def __str__(self) -> str:
        return f"{self.door}-{self.name}"


BAD = (
    Hostile("animated.gif", "picture", TAKEN),
    Hostile("bomb.png", "picture", "it claims 3,600,000,000 pixels"),
    Hostile("cmyk.jpg", "picture", TAKEN),
    Hostile("csv_mixed.csv", "npz", r"this is no \.npz or \.npy file"),
    Hostile("csv_nan.csv", "npz", r"this is no \.npz or \.npy file"),
    Hostile("csv_ragged.csv", "weights", "none of them, or damaged"),
    Hostile("evil.pth", "weights", "code or objects that are not tensors"),
    Hostile("exif_rotated.jpg", "picture", TAKEN),
    Hostile("gray16.png", "picture", TAKEN),
    Hostile("huge_header.safetensors", "weights", "its header claims"),
    Hostile("idx_count_mismatch", "idx", "200 pictures, 150 labels"),
    Hostile("idx_truncated", "idx", "the file is cut off"),
    Hostile("idx_wrong_magic", "idx", "declares 32-bit integers"),
    Hostile("imagefolder_broken", "folder", TAKEN),
    Hostile("imagefolder_broken", "idx", "Pictures in class folders are read by the data source folder"),
    Hostile("mismatch.pth", "weights", "are of another network"),
    Hostile("not_a_picture.png", "picture", "this is no PNG"),
    Hostile("traversal.zip", "npz", r'it holds a member named "\.\./'),
    Hostile("traversal.zip", "poses", r'it holds a member named "\.\./'),
    Hostile("truncated.safetensors", "weights", "cut off"),
    Hostile("unknown_op.onnx", "weights", "ONNX network|none of them, or damaged"),
    Hostile("zero_bytes.jpg", "picture", "the file is empty"),
)  # fmt: skip


def text(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def folder_of(**files: bytes) -> Callable[[Path], None]:
    """A folder with files; `__` in a name stands for a folder."""

    def make(path: Path) -> None:
        path.mkdir()
        for name, data in files.items():
            file = path / name.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    return make


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size and brings what it likes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def archive(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, content in members.items():
            packed.writestr(f"{name}.npy", content)
    return data.getvalue()


def npy(array: object, *, lie: bytes = b"") -> bytes:
    """A .npy file; `lie` takes the place of the shape in its header."""
    data = io.BytesIO()
    np.save(data, np.asarray(array), allow_pickle=True)
    found = data.getvalue()
    return found.replace(b"(2,)", lie.ljust(4)[: max(4, len(lie))]) if lie else found


class Canary:
    """Makes a folder when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("CANARY",))


MADE = (
    Hostile("page.png", "picture", "this is no PNG", text(b"<html>404</html>")),
    Hostile("cut.png", "picture", "damaged or cut off", text(png(40, 40, b"\0" * 50))),
    Hostile("wide.png", "picture", "at most 50,000,000 are decoded", text(png(2_000_000, 50))),
    Hostile("none.png", "picture", "there is no such file", lambda path: None),
    Hostile("inside.png", "picture", "a folder, but a file is needed", lambda path: path.mkdir()),
    Hostile("round.png", "picture", "cannot be read|no such file", link("round.png")),
    Hostile("pipe.png", "picture", "not a plain file", pipe),
    Hostile("head.tif", "picture", "a damaged one|damaged or cut off", text(b"II*\0\xff\xff\xff\x7f")),
    Hostile("state.pth", "weights", "code or objects|damaged", text(pickle.dumps({"a": Canary()}))),
    Hostile("archive.pth", "weights", "not made by torch.save", text(archive(a=b"x"))),
    Hostile("page.ckpt", "weights", "a web page", text(b"<!DOCTYPE html>")),
    Hostile("lie.safetensors", "weights", "does not fit its bytes|cut off", text(
        (72).to_bytes(8, "little")
        + b'{"a": {"dtype": "F32", "shape": [9999], "data_offsets": [0, 4]}}'.ljust(72) + b"abcd"
    )),
    Hostile("empty", "folder", "Found: nothing", lambda path: path.mkdir()),
    Hostile("flat", "folder", "Put the pictures of each class into a folder", folder_of(**{"a.png": b"x"})),
    Hostile("deep", "folder", "folders inside class folders", folder_of(**{
        "cat__old__a.png": b"x", "dog__old__b.png": b"x"
    })),
    Hostile("spoilt", "folder", "2 of 2 pictures cannot be read", folder_of(**{"a__1.png": b"x", "b__2.png": b"\0"})),
    Hostile("file", "folder", "this is a file, but a folder is needed", text(b"x")),
    Hostile("around", "folder", "cannot be read", link("around")),
    Hostile("nul\0l", "folder", "null", lambda path: None),
    Hostile("other", "idx", "There are: a.txt", folder_of(**{"a.txt": b"x"})),
    Hostile("cut", "idx", "cut off", folder_of(**{
        "train-images-idx3-ubyte": b"\0\0\x08\x03" + (9).to_bytes(4) * 3,
        "train-labels-idx1-ubyte": b"\0\0\x08\x01" + (9).to_bytes(4)
    })),
    Hostile("nul\0l", "idx", "null", lambda path: None),
    Hostile("objects.npz", "npz", "Python objects|which array holds", text(archive(x=npy([Canary(), Canary()])))),
    Hostile("huge.npz", "npz", "cut off or damaged", text(archive(x=npy([1.0, 2.0], lie=b"(1000000000000,)")))),
    Hostile("text.npy", "npz", r"damaged", text(b"\x93NUMPY\x01\x00\x10\x00{'descr': evil()}")),
    Hostile("nan.npz", "npz", "the value is nan", text(archive(x=npy(np.full((2, 4, 4), np.nan))))),
    Hostile("pipe.npz", "npz", "not a plain file", pipe),
    Hostile("nul\0l.npz", "npz", "null", lambda path: None),
    Hostile("flat.npz", "poses", "at least two factors", text(archive(images=npy(np.zeros((4, 4, 4), np.uint8))))),
    Hostile("nothing", "natural", "nothing can be cut out", folder_of(**{"a.txt": b"x", "cat__b.png": b"x"})),
)  # fmt: skip

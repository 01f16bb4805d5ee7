"""CIFAR-10 and CIFAR-100 in their binary version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import is_folder, is_plain_file, listed, read_buffer, read_bytes
from workbench.core.values import Value
from workbench.data.class_names import class_names
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.listening import heard
from workbench.data.paths import locate
from workbench.data.spec import Array, Dataset, Reads, Source, source

SIDE = 32
PIXELS = 3 * SIDE * SIDE  # bytes of a picture: red, green, blue
LARGEST, LARGEST_NAMES = 2**30, 2**16  # bytes of a file
BATCH = re.compile(r"data_batch_(\d{1,3})\.bin")


@dataclass(frozen=True)
class _Version:
    """One of the two data sets.

    Attributes:
        title: as people know it.
        labels: bytes before each picture.
        names: file of the class names, by the kind of classes.
        counts: how many classes there are, by their kind.
    """

    title: str
    labels: int
    names: dict[str, str]
    counts: dict[str, int]


TEN = _Version("CIFAR-10", 1, {"fine": "batches.meta.txt"}, {"fine": 10})
HUNDRED = _Version(
    "CIFAR-100", 2, {"fine": "fine_label_names.txt", "coarse": "coarse_label_names.txt"}, {"fine": 100, "coarse": 20}
)


@source(name="cifar", title="CIFAR-10, CIFAR-100 (binary version)", reads=Reads("either", "CIFAR", ("*.bin",)))
class Cifar(Source):
    """Reads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, or `train.bin` and `test.bin`.

    Class names are those of `batches.meta.txt`, or of `fine_label_names.txt`; without such a file they are numbers.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder of the .bin files, or one of them")
    classes: Literal["fine", "coarse"] = Field(
        "fine", description="The 100 classes of CIFAR-100, or its 20 coarse ones"
    )

    @classmethod
    def claim(cls, path: Path) -> int:
        if not is_folder(path):
            return 2 if BATCH.fullmatch(path.name) or path.name == "test_batch.bin" else 0
        try:
            return 2 if _batches(_inner(path)) or _has_hundred(_inner(path)) else 0
        except UnreadableError:
            return 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        root = _inner(place) if is_folder(place) else place.parent
        files = {"train": _batches(root), "test": [root / "test_batch.bin"]}
        version = TEN
        if not files["train"]:
            if not _has_hundred(root):
                raise UnreadableError(place, _nothing(root))
            files, version = {"train": [root / "train.bin"], "test": [root / "test.bin"]}, HUNDRED
        if self.classes not in version.counts:
            raise UnreadableError(place, f"{version.title} has no coarse classes.")
        names, notes = _names(root / version.names[self.classes], version.counts[self.classes])
        splits: dict[str, dict[str, Array]] = {}
        for split, paths in files.items():
            if there := [path for path in paths if is_plain_file(path)]:
                splits[split] = self._read(there, version)
            else:
                notes.append(f"There is no {paths[0].name}, so there is no {split} split of its own.")
        fields = {"image": Value((3, SIDE, SIDE), "map", "uint8"), "label": Value((), "class", "int64", names)}
        return Dataset(fields, splits, tuple(notes))

    def _read(self, paths: list[Path], version: _Version) -> dict[str, Array]:
        """The pictures and classes of some files, one after the other."""
        record = version.labels + PIXELS
        rows = []
        taken = 0
        for path in heard(paths, "files", together=1):
            data = read_buffer(path, LARGEST)
            if not data or len(data) % record:
                raise UnreadableError(
                    path, f"it has {len(data):,} bytes, which is no whole number of pictures of {record:,}; it is cut "
                    f"off, or not of {version.title}."
                )  # fmt: skip
            taken += 2 * len(data)
            check_amount(path, taken, "Take fewer files.")
            rows.append(np.frombuffer(data, np.uint8).reshape(-1, record))
        numbers = np.concatenate([row[:, version.labels - 1 if self.classes == "fine" else 0] for row in rows])
        count = version.counts[self.classes]
        if numbers.max() >= count:
            at = int(numbers.argmax())
            raise UnreadableError(paths[0], f"picture {at:,} has the class {numbers[at]}; there are {count}.")
        pixels = np.concatenate([row[:, version.labels :] for row in rows]).reshape(-1, 3, SIDE, SIDE)
        return {"image": pixels, "label": numbers.astype(np.int64)}


def _inner(folder: Path) -> Path:
    """The folder of the files: the one that is named, or the only one in it, such as `cifar-10-batches-bin`."""
    inside = [path for path in listed(folder) if not path.name.startswith(".")]
    is_wrapper = len(inside) == 1 and is_folder(inside[0])
    return inside[0] if is_wrapper else folder


def _batches(root: Path) -> list[Path]:
    found = [(int(match[1]), path) for path in listed(root) if (match := BATCH.fullmatch(path.name))]
    return [path for _, path in sorted(found)]


def _has_hundred(root: Path) -> bool:
    return is_plain_file(root / "train.bin")


def _names(path: Path, count: int) -> tuple[tuple[str, ...], list[str]]:
    """The names of the classes, and a note where they are not there."""
    if not is_plain_file(path):
        return tuple(map(str, range(count))), [f"There is no {path.name}, so the classes are numbers."]
    lines = [line.strip() for line in read_bytes(path, LARGEST_NAMES).decode("utf-8", "replace").splitlines()]
    names = [line for line in lines if line]
    if len(names) != count:
        raise UnreadableError(path, f"it has {len(names)} names, but there are {count} classes.")
    return class_names(names), []


def _nothing(root: Path) -> str:
    there = [printable(path.name) for path in listed(root)]
    text = "there are no data_batch_1.bin … or train.bin in it, the binary version of CIFAR."
    if any(re.fullmatch(r"data_batch_\d|train|meta", name) for name in there):
        text += " This is the version for Python, which could run code; take the binary version."
    return f"{text} Found: {some(there)}" if there else text

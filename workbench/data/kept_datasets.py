"""Data sets that are kept on the disk as they lie in memory: decoded once, mapped from then on."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass, field
from dataclasses import fields as dataclass_fields
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.file_memory import file_memory
from workbench.core.files import WriteError, read_bytes, write_own_file
from workbench.core.values import Value
from workbench.data.disk_cache import ABOUT, NewEntry, folder, wait_for
from workbench.data.file_state import NamedFiles
from workbench.data.spec import DIGEST, Array, Dataset, digest_of

FINGERPRINT = "fingerprint"  # the file of an entry that has it, once somebody has asked
REST = "rest.npz"  # the arrays of an entry that are small
MOST_ABOUT = 2**28  # bytes
FORM = 3  # of an entry; others are not read


def find(key: str) -> KeptDataset | None:
    """Returns the data set of a key, its large arrays mapped from the disk.

    None if there is no whole entry, or if files have changed that those of the source name.
    """
    wait_for(key)
    place = folder() / key
    try:
        about = strict_json.read(place / ABOUT, MOST_ABOUT)
        found = _read(place, about)
    except (UnreadableError, OSError, ValueError, KeyError, TypeError, BadZipFile):
        return None
    with contextlib.suppress(OSError):
        os.utime(place / ABOUT)  # by which those are known that nobody uses
    return found


def _read(place: Path, about: Any) -> KeptDataset | None:
    named = NamedFiles(tuple(about["named"]["folders"]), about["named"]["digest"])
    if about["form"] != FORM or not named.are_unchanged:
        return None
    with np.load(BytesIO(read_bytes(place / REST, MOST_ABOUT)), allow_pickle=False) as rest:
        arrays = {name: rest[name] for name in rest.files}
    maps = {name: file_memory(place / name) for name in about["files"]}
    for name, placed in about["placed"].items():
        arrays[name] = np.ndarray(
            placed["shape"], placed["dtype"], maps[placed["file"]], placed["offset"], placed["strides"]
        )
    fields = {name: Value(**_tuples(value)) for name, value in about["fields"].items()}
    return KeptDataset(
        fields,
        {split: {name: arrays[f"{split}/{name}"] for name in fields} for split in about["splits"]},
        tuple(about["notes"]),
        {split: arrays[f"groups/{split}"] for split in about["groups"]},
        {name: tuple(parts) for name, parts in about["parts"].items()},
        about["periods"],
        {split: arrays[f"files/{split}"] for split in about["files_of"]},
        {
            words: {split: arrays[f"marked/{number}/{split}"] for split in splits}
            for number, (words, splits) in enumerate(about["marked"])
        },
        tuple(about["cut"]),
        place=place,
        named=named,
    )


def _tuples(value: Any) -> dict[str, Any]:
    """The attributes of a value, whose lists were tuples."""
    return {name: _tuple(each) for name, each in value.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class KeptDataset(Dataset):
    """A data set whose large arrays are mapped from an entry, which keeps its fingerprint too.

    Attributes:
        place: the folder of the entry.
        named: the files that those of the source name.
    """

    place: Path = field(default_factory=Path, compare=False)
    named: NamedFiles = field(default_factory=NamedFiles, compare=False)

    @cached_property
    def fingerprint(self) -> str:
        """The digest of every value, as it was found before or is found now."""
        file = self.place / FINGERPRINT
        with contextlib.suppress(UnreadableError):
            known = read_bytes(file, MOST_ABOUT).decode("ascii", "replace")
            if len(known) == 2 * DIGEST:
                return known
        found = digest_of(self)
        with contextlib.suppress(WriteError):  # it is found again next time
            write_own_file(file, [found.encode()])
        return found


@dataclass(frozen=True)
class _Placed:
    """Where an array lies: in which file, from which byte on, and how."""

    file: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str


def keep(entry: NewEntry, dataset: Dataset, named: NamedFiles) -> Dataset:
    """Keeps a data set whose large arrays lie in the memory of an entry; returns it, the same if that did not go.

    Args:
        entry: the memory.
        dataset: to be kept.
        named: the files that those of its source name, as they were when it was read.
    """
    try:
        _write(entry, dataset, named)
        entry.keep()
    except (WriteError, UsageError, OSError, ValueError):
        return dataset
    own = {each.name: getattr(dataset, each.name) for each in dataclass_fields(dataset)}
    return KeptDataset(**own, place=folder() / entry.key, named=named)


def _write(entry: NewEntry, dataset: Dataset, named: NamedFiles) -> None:
    arrays = {f"{split}/{name}": each for split, found in dataset.splits.items() for name, each in found.items()}
    arrays |= {f"groups/{split}": each for split, each in dataset.groups.items()}
    arrays |= {f"files/{split}": each for split, each in dataset.files.items()}
    for number, marks in enumerate(dataset.marked.values()):
        arrays |= {f"marked/{number}/{split}": each for split, each in marks.items()}
    begins = {name: _address(np.frombuffer(memory, np.uint8)) for name, memory in entry.maps.items()}
    placed = {name: found for name, array in arrays.items() if (found := _placed(entry, begins, array)) is not None}
    about = {
        "form": FORM,
        "named": asdict(named),
        "files": list(entry.maps),
        "placed": {name: asdict(each) for name, each in placed.items()},
        "fields": {name: asdict(value) for name, value in dataset.fields.items()},
        "splits": list(dataset.splits),
        "groups": list(dataset.groups),
        "notes": list(dataset.notes),
        "parts": {name: list(parts) for name, parts in dataset.parts.items()},
        "periods": dict(dataset.periods),
        "cut": list(dataset.cut),
        "files_of": list(dataset.files),
        "marked": [[words, list(found)] for words, found in dataset.marked.items()],
    }
    rest = BytesIO()
    small: dict[str, Any] = {name: array for name, array in arrays.items() if name not in placed}
    np.savez(rest, **small)
    write_own_file(entry.place / REST, [rest.getbuffer()])
    write_own_file(entry.place / ABOUT, [strict_json.encoded(about)])


def _placed(entry: NewEntry, begins: dict[str, int], array: Array) -> _Placed | None:
    """Where an array lies in the memory of an entry; None if it lies elsewhere."""
    start = _address(array)
    for name, begin in begins.items():
        if array.size and begin <= start < begin + len(entry.maps[name]):
            return _Placed(name, start - begin, array.shape, array.strides, array.dtype.str)
    return None


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])

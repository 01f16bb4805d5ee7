"""The header of a safetensors file: made, and checked before anything is allocated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from mmap import mmap
from pathlib import Path
from typing import TypeGuard

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, printable
from workbench.core.values import Json

LARGEST_HEADER = 4_000_000
MOST_TENSORS = 20_000
MOST_AXES = 8
LONGEST_NAME = 512
ALIGNMENT = 8
ELEMENT_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip


def header_of(tensors: Mapping[str, tuple[str, tuple[int, ...]]]) -> tuple[bytes, int]:
    """Returns the beginning of a safetensors file, up to the first tensor, and the size of the whole file in bytes.

    Args:
        tensors: element type (a key of `ELEMENT_BYTES`) and shape by name, in the order in which their bytes follow.
    """
    entries: dict[str, Json] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, (dtype, shape) in tensors.items():
        start, end = end, end + prod(shape) * ELEMENT_BYTES[dtype]
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)  # the format wants the tensors to begin at a multiple of eight bytes
    return len(text).to_bytes(8, "little") + text, 8 + len(text) + end


@dataclass(frozen=True)
class TensorEntry:
    """Where a tensor lies in a safetensors file.

    Attributes:
        dtype: its element type, a key of `ELEMENT_BYTES`.
        shape: how many elements along each axis.
        start: its first byte, from the beginning of the file.
    """

    dtype: str
    shape: tuple[int, ...]
    start: int

    @property
    def end(self) -> int:
        """The byte behind its last one."""
        return self.start + prod(self.shape) * ELEMENT_BYTES[self.dtype]


def check_header(data: bytes | bytearray | mmap, file: str | Path) -> dict[str, TensorEntry]:
    """Returns where the tensors of a safetensors file lie, each inside the file.

    Args:
        data: the whole file.
        file: named in the error.

    Raises:
        UnreadableError: cut off, a header that is too large or does not fit the length, a tensor beyond the limits.
    """
    if len(data) < 8:
        raise UnreadableError(file, f"the file is cut off: it has {len(data)} bytes.")
    length = int.from_bytes(data[:8], "little")
    if length > min(LARGEST_HEADER, len(data) - 8):
        reason = f"its header claims {length:,} bytes, but the file has {len(data):,}; it is damaged or cut off."
        raise UnreadableError(file, reason)
    header = strict_json.parse(bytes(data[8 : 8 + length]), file)
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        raise UnreadableError(file, f"its header is not a table of at most {MOST_TENSORS:,} tensors.")
    header.pop("__metadata__", None)
    found = {name: _entry(name, entry, slice(8 + length, len(data)), file) for name, entry in header.items()}
    end = 8 + length
    for entry in sorted(found.values(), key=lambda each: (each.start, each.end)):
        if entry.start != end:
            raise UnreadableError(file, "the file is damaged: tensors overlap, or bytes between two are no tensor's.")
        end = entry.end
    if end != len(data):
        raise UnreadableError(file, f"the file is damaged: {len(data) - end:,} bytes at its end belong to no tensor.")
    return found


def _entry(name: str, entry: object, body: slice, file: str | Path) -> TensorEntry:
    if len(name) > LONGEST_NAME or not isinstance(entry, dict):
        raise UnreadableError(file, "a tensor's entry is damaged.", field=name)
    shape, offsets, dtype = entry.get("shape"), entry.get("data_offsets"), entry.get("dtype")
    if not _are_sizes(shape) or len(shape) > MOST_AXES or not _are_sizes(offsets) or len(offsets) != 2:
        raise UnreadableError(file, "a tensor's shape or place is damaged.", field=name)
    if dtype not in ELEMENT_BYTES:
        raise UnreadableError(file, f"the element type {printable(dtype)} is not known.", field=name)
    room = body.stop - body.start
    if offsets[1] > room:
        reason = f"the file is cut off: a tensor ends at byte {offsets[1]:,} of {room:,}."
        raise UnreadableError(file, reason, field=name)
    if offsets[1] - offsets[0] != prod(shape) * ELEMENT_BYTES[dtype]:
        raise UnreadableError(file, "a tensor's shape does not fit its bytes.", field=name)
    return TensorEntry(dtype, tuple(shape), body.start + offsets[0])


def _are_sizes(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)

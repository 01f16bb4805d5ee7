"""The header of a safetensors file, checked before anything is allocated."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TypeGuard

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, printable

LARGEST_HEADER = 4_000_000
MOST_TENSORS = 20_000
MOST_AXES = 8
LONGEST_NAME = 512
ELEMENT_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip


def check_header(data: bytes, file: str | Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors of a safetensors file.

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
    header = strict_json.parse(data[8 : 8 + length], file)
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        raise UnreadableError(file, f"its header is not a table of at most {MOST_TENSORS:,} tensors.")
    header.pop("__metadata__", None)
    room = len(data) - 8 - length
    return {name: _shape(name, entry, room, file) for name, entry in header.items()}


def _shape(name: str, entry: object, room: int, file: str | Path) -> tuple[int, ...]:
    if len(name) > LONGEST_NAME or not isinstance(entry, dict):
        raise UnreadableError(file, "a tensor's entry is damaged.", field=name)
    shape, offsets, dtype = entry.get("shape"), entry.get("data_offsets"), entry.get("dtype")
    if not _are_sizes(shape) or len(shape) > MOST_AXES or not _are_sizes(offsets) or len(offsets) != 2:
        raise UnreadableError(file, "a tensor's shape or place is damaged.", field=name)
    if dtype not in ELEMENT_BYTES:
        raise UnreadableError(file, f"the element type {printable(dtype)} is not known.", field=name)
    if offsets[1] > room:
        reason = f"the file is cut off: a tensor ends at byte {offsets[1]:,} of {room:,}."
        raise UnreadableError(file, reason, field=name)
    if offsets[1] - offsets[0] != prod(shape) * ELEMENT_BYTES[dtype]:
        raise UnreadableError(file, "a tensor's shape does not fit its bytes.", field=name)
    return tuple(shape)


def _are_sizes(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)

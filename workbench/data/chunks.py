"""Large arrays worked on a piece at a time, so that nobody needs room for a second one."""

from __future__ import annotations

from typing import Any

LARGE = 2**24  # bytes of an array from which on it is changed in place: there may be no room for a copy
CHUNK = 2**22  # bytes that are worked on at once


def chunks(array: Any) -> list[slice]:
    """Returns slices of the samples of an array that have some megabytes each, in order."""
    step = max(1, CHUNK // max(1, array[:1].nbytes))
    return [slice(start, min(start + step, len(array))) for start in range(0, len(array), step)]

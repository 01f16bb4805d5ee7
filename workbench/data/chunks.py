"""Large arrays: memory of their own, and worked on a piece at a time, so that nobody needs room for a second one."""

from __future__ import annotations

import contextlib
import mmap
import sys
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 2**24  # bytes of an array from which on it is changed in place: there may be no room for a copy
CHUNK = 2**22  # bytes that are worked on at once


def chunks(array: Any) -> list[slice]:
    """Returns slices of the samples of an array that have some megabytes each, in order."""
    step = max(1, CHUNK // max(1, array[:1].nbytes))
    return [slice(start, min(start + step, len(array))) for start in range(0, len(array), step)]


def zeros(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Returns bytes that are all 0; those of a large array go back to the system with it.

    Elsewhere memory that was freed is kept for the training (`core.process.prepare`), and what has come to lie in it
    since leaves no room for as large an array again.

    Raises:
        MemoryError: there is not so much.
    """
    import numpy as np  # the window's first picture does without it

    size = prod(shape)
    if size < LARGE:
        return np.zeros(shape, np.uint8)
    flags = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}
    try:
        memory = mmap.mmap(-1, size, **flags)
    except OSError as error:
        raise MemoryError from error
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a system without large pages
            memory.madvise(mmap.MADV_HUGEPAGE)  # the first writing costs a quarter
    return np.frombuffer(memory, np.uint8).reshape(shape)

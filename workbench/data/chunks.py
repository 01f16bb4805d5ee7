"""Large arrays: memory of their own, and worked on a piece at a time, so that nobody needs room for a second one."""

from __future__ import annotations

import contextlib
import mmap
import sys
from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from workbench.data.listening import heard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 2**24  # bytes of an array from which on it is changed in place: there may be no room for a copy
CHUNK = 2**22  # bytes that are worked on at once


def chunks(array: Any) -> list[slice]:
    """Returns slices of the samples of an array that have some megabytes each, in order."""
    step = max(1, CHUNK // max(1, array[:1].nbytes))
    return [slice(start, min(start + step, len(array))) for start in range(0, len(array), step)]


def heard_chunks(array: Any) -> Iterator[slice]:
    """Yields the same slices; who listens to the reading of data is told how many have been worked on."""
    return heard(chunks(array), "pieces of samples", together=1)


def selected(array: Any, rows: Any) -> Any:
    """Returns some samples of an array, in the given order; gaps of large arrays are closed in place.

    Args:
        array: samples along axis 0; taken over, and changed where it is large.
        rows: numbers of samples, or for each sample whether it is taken.
    """
    import numpy as np

    if not _is_large(array) or not array.flags.writeable:
        return array[rows]
    numbers = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    if (np.diff(numbers) < 0).any():
        return copied(array, numbers)
    made = array[: len(numbers)]
    for some in heard_chunks(made):
        made[some] = array[numbers[some]]  # they lie at or behind where they go: nothing is overwritten early
    return made


def copied(array: Any, rows: Any) -> Any:
    """Returns a copy of some samples, which lies as the array does; that of a large one lies where `zeros` puts it."""
    import numpy as np

    numbers = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    if not _is_large(array) or array[:1].nbytes * len(numbers) < LARGE:
        return array[numbers]
    made = room_like(array, len(numbers))
    for some in heard_chunks(made):
        made[some] = array[numbers[some]]
    return made


def room_like(array: Any, count: int) -> Any:
    """Returns room for so many samples, zeros, which lie as those of an array do and where `zeros` puts them."""
    order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    shape = [count, *(array.shape[axis] for axis in order if axis)]
    memory = zeros((*shape[:-1], shape[-1] * array.itemsize)).view(array.dtype)
    return memory.transpose([[0, *(axis for axis in order if axis)].index(axis) for axis in range(array.ndim)])


def _is_large(array: Any) -> bool:
    """Whether it is memory, and too much for a second one."""
    import numpy as np

    return isinstance(array, np.ndarray) and array.nbytes >= LARGE


def zeros(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Returns bytes that are all 0; those of a large array go back to the system with it.

    Where the samples that are being read lie on the disk (`reading`), they are those of a file. Elsewhere memory that
    was freed is kept for the training (`core.process.prepare`), and what has come to lie in it since leaves no room for
    as large an array again.

    Raises:
        MemoryError: there is not so much.
    """
    import numpy as np  # the window's first picture does without it

    size = prod(shape)
    if size < LARGE:
        return np.zeros(shape, np.uint8)
    from workbench.data.placing import current

    on_disk = current().memory(size)
    if on_disk is not None:
        return np.frombuffer(on_disk, np.uint8).reshape(shape)
    flags = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}
    try:
        memory = mmap.mmap(-1, size, **flags)
    except OSError as error:
        raise MemoryError from error
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a system without large pages
            memory.madvise(mmap.MADV_HUGEPAGE)  # the first writing costs a quarter
    return np.frombuffer(memory, np.uint8).reshape(shape)

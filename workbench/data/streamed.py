"""Samples that lie in no memory: each is read from its file whenever it is wanted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

if TYPE_CHECKING:
    from workbench.data.spec import Array

MOST_THREADS = 8
PICTURE_AXES = 3  # of one sample: channels, height and width, which lie channels last
Numbers = NDArray[np.int64]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "reading samples")


def identity_of(options: str, names: Iterable[str]) -> bytes:
    """Returns a digest that is another one for other options or other files.

    Args:
        options: by which the samples are made of their files.
        names: of the files, in order.
    """
    digest = hashlib.blake2b(options.encode(), digest_size=16)
    for name in names:
        digest.update(f"{name}\n".encode(errors="surrogateescape"))
    return digest.digest()


class StreamedSamples:
    """Stands for an array (N, ...); one sample is an array, several are read when they are asked for.

    Attributes:
        shape: of the array.
        dtype: of the array.
        numbers: which samples of the data these are, in order.
    """

    def __init__(
        self,
        read: Callable[[int], Any],
        shape: tuple[int, ...],
        identity: bytes,
        numbers: Numbers,
        dtype: DTypeLike = np.uint8,
        *,
        part: int | None = None,
    ) -> None:
        """Reads nothing yet.

        Args:
            read: returns a sample of the data by its number; called on several threads.
            shape: of one sample.
            identity: tells data apart whose samples are others.
            numbers: of the samples.
            dtype: of their values.
            part: which of the arrays that `read` returns together; None where it returns this one alone.
        """
        self.numbers, self.dtype = numbers, np.dtype(dtype)
        self.shape = (len(self.numbers), *shape)
        self._read, self._identity, self._part = read, identity, part

    def as_array(self) -> Array:
        """Returns itself, for those who use it as an array and do not ask for all of it."""
        return cast("Array", self)

    @property
    def ndim(self) -> int:
        """How many axes the array has."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements the array has."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """How many bytes the array would need."""
        return self.size * self.dtype.itemsize

    @property
    def identity(self) -> bytes:
        """A digest that is another one for other samples; it goes by their files and not by what is in them."""
        return hashlib.blake2b(self._identity + self.numbers.tobytes(), digest_size=16).digest()

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: Any) -> Any:
        """One sample, or those of a slice, of numbers, or of a mask."""
        if isinstance(index, int | np.integer):
            return self._of(self._read(int(self.numbers[index])))
        return StreamedSamples(
            self._read, self.shape[1:], self._identity, self.numbers[index], self.dtype, part=self._part
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.read(np.arange(len(self)))

    def read(self, rows: Numbers) -> Array:
        """Returns samples (n, ...), pictures channels last in memory; several threads decode them.

        Raises:
            UnreadableError: a file cannot be read any more.
        """
        return read_together({"": self}, rows)[""]

    def _of(self, found: Any) -> Array:
        """This one of what was read for a sample."""
        made: Array = found if self._part is None else found[self._part]
        return made

    def _room(self, count: int) -> Array:
        """Memory for so many samples, as those that are resident lie."""
        shape = self.shape[1:]
        if len(shape) != PICTURE_AXES:
            return np.empty((count, *shape), self.dtype)
        channels, height, width = shape
        return np.empty((count, height, width, channels), self.dtype).transpose(0, 3, 1, 2)


def read_together(fields: Mapping[str, StreamedSamples], rows: Numbers) -> dict[str, Array]:
    """Returns the same samples of several fields of a split; what is read together is read once for all of them.

    Args:
        fields: by name.
        rows: which samples of each.

    Raises:
        UnreadableError: a file cannot be read any more.
    """
    made = {name: each._room(len(rows)) for name, each in fields.items()}
    readers: dict[Any, list[str]] = {}
    for name, each in fields.items():
        readers.setdefault(each._read, []).append(name)

    def put(task: tuple[Any, int]) -> None:
        read, place = task
        names = readers[read]
        found = read(int(fields[names[0]].numbers[rows[place]]))
        for name in names:
            made[name][place] = fields[name]._of(found)

    for _ in _pool().map(put, [(read, place) for place in range(len(rows)) for read in readers]):
        pass
    return made

"""Samples that lie in no memory: each is read from its file whenever it is wanted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

if TYPE_CHECKING:
    from workbench.data.spec import Array

MOST_THREADS = 8
Numbers = NDArray[np.int64]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "reading samples")


class StreamedSamples:
    """Stands for an array (N, C, H, W); one sample is an array, several are read when they are asked for.

    Attributes:
        shape: of the array.
        dtype: of the array.
        numbers: which samples of the data these are, in order.
    """

    def __init__(
        self,
        read: Callable[[int], Array],
        shape: tuple[int, ...],
        identity: bytes,
        numbers: Numbers,
        dtype: DTypeLike = np.uint8,
    ) -> None:
        """Reads nothing yet.

        Args:
            read: returns a sample of the data, (C, H, W), by its number; called on several threads.
            shape: of one sample.
            identity: tells data apart whose samples are others.
            numbers: of the samples.
            dtype: of their values.
        """
        self.numbers, self.dtype = numbers, np.dtype(dtype)
        self.shape = (len(self.numbers), *shape)
        self._read, self._identity = read, identity

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
        return int(np.prod(self.shape))

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
            return self._read(int(self.numbers[index]))
        return StreamedSamples(self._read, self.shape[1:], self._identity, self.numbers[index], self.dtype)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.read(np.arange(len(self)))

    def read(self, rows: Numbers) -> Array:
        """Returns samples, (n, C, H, W), channels last in memory; several threads decode them.

        Raises:
            UnreadableError: a file cannot be read any more.
        """
        channels, height, width = self.shape[1:]
        made = np.empty((len(rows), height, width, channels), self.dtype).transpose(0, 3, 1, 2)

        def put(place: int) -> None:
            made[place] = self._read(int(self.numbers[rows[place]]))

        for _ in _pool().map(put, range(len(rows))):
            pass
        return made

"""A copy of tensors in memory that is kept for the next one: no allocation, and so no page faults, at every copy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Mapping

import torch
from torch import Tensor


class Copying:
    """A copy that is under way; every thread that waits for it makes a part of it."""

    def __init__(self, pairs: Collection[tuple[Tensor, Tensor]] = ()) -> None:
        """Begins with nothing copied.

        Args:
            pairs: what is written, and what is read.
        """
        self._left, self._count = deque(pairs), len(pairs)
        self._lock, self._is_whole = threading.Lock(), threading.Event()
        if not pairs:
            self._is_whole.set()

    def finish(self) -> None:
        """Copies what nobody else has begun, and waits for the rest."""
        with torch.no_grad():
            while not self._is_whole.is_set() and (pair := self._next()):
                try:
                    pair[0].copy_(pair[1])
                finally:
                    self._end_one()
        self._is_whole.wait()

    def _next(self) -> tuple[Tensor, Tensor] | None:
        try:
            return self._left.popleft()
        except IndexError:
            return None

    def _end_one(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count:
                self._is_whole.set()


class KeptCopy:
    """Buffers on the CPU, filled again and again; whoever reads them is done before the next copy."""

    def __init__(self) -> None:
        self._buffers: dict[str, Tensor] = {}

    def of(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Returns contiguous copies of the tensors as they are now; they are overwritten by the next call."""
        copies, copying = self.begin(tensors, ())
        copying.finish()
        return copies

    def begin(self, tensors: Mapping[str, Tensor], later: Collection[str]) -> tuple[dict[str, Tensor], Copying]:
        """Returns contiguous copies that are not whole yet; they are overwritten by the next call.

        Args:
            tensors: by name.
            later: names of those that nobody changes until the copying is finished; the others are copied now.
        """
        copies = {name: self._buffer(name, tensor) for name, tensor in tensors.items()}
        Copying([(copies[name], tensor) for name, tensor in tensors.items() if name not in later]).finish()
        return copies, Copying([(copies[name], tensors[name]) for name in later])

    def _buffer(self, name: str, tensor: Tensor) -> Tensor:
        kept = self._buffers.get(name)
        if kept is None or kept.shape != tensor.shape or kept.dtype != tensor.dtype:
            kept = self._buffers[name] = torch.empty(tensor.shape, dtype=tensor.dtype)
        return kept

"""Copies of the weights for whoever looks on while the network learns, without a new allocation each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from torch import Tensor

from workbench.training.control import Control
from workbench.training.events import SnapshotTaken
from workbench.training.kept_copy import KeptCopy

LEAST_SECONDS = 0.25


class Snapshots:
    """Two kept buffers, each lent to one reader until it gives it back."""

    def __init__(self) -> None:
        self._free = [KeptCopy(), KeptCopy()]
        self._last = 0.0

    def asked_for(
        self, control: Control, step: int, weights: Callable[[], Mapping[str, Tensor]], *, is_epoch: bool = False
    ) -> Iterator[SnapshotTaken]:
        """Yields a copy of the weights where one was asked for: after a step, or at the end of an epoch."""
        is_wanted = control.take_epoch_snapshot() if is_epoch else control.take_snapshot()
        if is_wanted:
            found = self.take(step, weights(), is_urgent=is_epoch or control.take_urgency())
            yield from [found] if found else []

    def take(self, step: int, weights: Mapping[str, Tensor], *, is_urgent: bool = False) -> SnapshotTaken | None:
        """A copy of the weights; None if both buffers are out, or if it is not urgent and one was made 0.25 s ago."""
        now = time.monotonic()
        if not self._free or (now - self._last < LEAST_SECONDS and not is_urgent):
            return None
        self._last = now
        buffer = self._free.pop()
        views = {name: tensor.numpy() for name, tensor in buffer.of(weights).items()}
        is_out = [True]

        def release() -> None:
            if is_out.pop() if is_out else False:
                self._free.append(buffer)

        return SnapshotTaken(step, views, release)

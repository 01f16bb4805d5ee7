"""What may be asked of a running training from another thread."""

from __future__ import annotations

import threading


class Control:
    """Wishes that the training looks at between two batches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._lr: float | None = None
        self._snapshot = False

    def cancel(self) -> None:
        """Ends the run after the batch under way; it can be resumed."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def request_lr(self, lr: float) -> None:
        """Asks for another learning rate from the next step on."""
        with self._lock:
            self._lr = lr

    def take_lr(self) -> float | None:
        """The rate asked for since the last call, or None."""
        with self._lock:
            lr, self._lr = self._lr, None
            return lr

    def request_snapshot(self) -> None:
        """Asks for a copy of the weights after the step under way."""
        with self._lock:
            self._snapshot = True

    def take_snapshot(self) -> bool:
        """Whether a snapshot was asked for since the last call."""
        with self._lock:
            wanted, self._snapshot = self._snapshot, False
            return wanted

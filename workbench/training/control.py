"""What may be asked of a running training from another thread."""

from __future__ import annotations

import threading


class Control:
    """Wishes that the training looks at between two batches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self._lr: float | None = None
        self._snapshot = self._is_urgent = self._wants_epoch = False

    def cancel(self) -> None:
        """Ends the run after the batch under way; it can be resumed."""
        self._cancelled.set()
        self._free.set()

    def hold(self) -> None:
        """Holds a training of several processes after the step under way, each of which goes on hearing of the others.

        Alone a training is held by not asking for its next event.
        """
        if not self.is_cancelled:
            self._free.clear()

    def go_on(self) -> None:
        """Lets a training go on that was held."""
        self._free.set()

    @property
    def is_held(self) -> bool:
        """Whether `hold` was called, and neither `go_on` nor `cancel` since."""
        return not self._free.is_set()

    def wait_for_cancel(self, seconds: float) -> None:
        """Waits until `cancel` is called, but no longer than this."""
        self._cancelled.wait(seconds)

    def wait_while_held(self, seconds: float) -> None:
        """Waits as long as the training is held, but no longer than this."""
        self._free.wait(seconds)

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

    def request_snapshot(self, *, is_urgent: bool = False) -> None:
        """Asks for a copy of the weights after the step under way; an urgent one is made however new the last one is.

        An urgent one is asked for where the training is held next, so that what is looked at then is the newest.
        """
        with self._lock:
            self._snapshot, self._is_urgent = True, self._is_urgent or is_urgent

    def request_epoch_snapshot(self) -> None:
        """Asks for an urgent one at the end of the epoch."""
        with self._lock:
            self._wants_epoch = True

    def take_epoch_snapshot(self) -> bool:
        """Whether one was asked for at the end of the epoch."""
        with self._lock:
            wanted, self._wants_epoch = self._wants_epoch, False
            return wanted

    def take_urgency(self) -> bool:
        """Whether the snapshot that `take_snapshot` told of is urgent."""
        with self._lock:
            is_urgent, self._is_urgent = self._is_urgent, False
            return is_urgent

    def take_snapshot(self) -> bool:
        """Whether a snapshot was asked for since the last call."""
        with self._lock:
            wanted, self._snapshot = self._snapshot, False
            return wanted

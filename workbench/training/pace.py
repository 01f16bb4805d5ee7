"""How fast a training goes, and durations in words; for the terminal and the window alike."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 20.0
MARK_SECONDS = 0.1  # between two marks, so that a fast training leaves few


class Pace:
    """Steps and samples in a second, from the last seconds only, so that a sleep of the machine soon counts no more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts with nothing known.

        Args:
            clock: gives the time in seconds.
        """
        self._clock = clock
        self._marks: deque[tuple[float, int, int]] = deque()
        self._samples = 0

    def add(self, step: int, samples: int) -> None:
        """Notes that the training has come to a step, with so many samples learnt since the last call."""
        self._samples += samples
        now = self._clock()
        if self._marks and now - self._marks[-1][0] < MARK_SECONDS:
            return
        self._marks.append((now, step, self._samples))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()

    def per_second(self) -> tuple[float, float]:
        """Returns steps and samples in a second; zeros while nothing is known."""
        if len(self._marks) < 2:
            return 0.0, 0.0
        (start, first, before), (end, last, after) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start), (after - before) / (end - start)

    def restart(self) -> None:
        """Forgets what was measured before a pause."""
        self._marks.clear()


def duration_text(seconds: float) -> str:
    """Returns a duration as people say it: 0.4 s, 8 s, 1 min 20 s, 2 h 5 min."""
    if seconds < 0.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

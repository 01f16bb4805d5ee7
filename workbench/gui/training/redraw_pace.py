"""How often the curves of a training are drawn: as often as a small share of a core allows, but never seldom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.012  # of a core, for the curves alone; the rest of the window takes about twice that while a network learns
SOONEST_MS, LATEST_MS = 200, 450
KEPT = 0.7  # of what was known of the cost at the last drawing


class RedrawPace:
    """Learns what a drawing costs the window's thread, and tells when the next one is due.

    Attributes:
        interval_ms: from one drawing to the next, from SOONEST_MS to LATEST_MS.
    """

    def __init__(self) -> None:
        self.interval_ms = SOONEST_MS
        self._cost = self._spent = 0.0

    @contextmanager
    def work(self) -> Iterator[None]:
        """Counts the CPU time of this thread that a part of a drawing takes; Qt paints later than it is asked to."""
        started = time.thread_time()
        try:
            yield
        finally:
            self.add(time.thread_time() - started)

    def add(self, seconds: float) -> None:
        """Counts so many CPU seconds to the drawing under way."""
        self._spent += seconds

    def next(self) -> None:
        """Begins another drawing: what the last one took decides the interval."""
        if self._spent:
            self._cost = KEPT * self._cost + (1 - KEPT) * self._spent if self._cost else self._spent
            self.interval_ms = round(min(LATEST_MS, max(SOONEST_MS, 1000 * self._cost / SHARE)))
        self._spent = 0.0

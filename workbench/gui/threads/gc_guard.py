"""Python's cycle collector, kept on the window's thread while others work.

The collector runs in whatever thread happens to allocate. On a worker it may find a closed window that is held by a
cycle and free it there, and Qt's objects must not be freed off their thread: that deadlocked or crashed now and then.
So while a worker lives, the automatic collector is off and the window's timer collects the young generations.
"""

from __future__ import annotations

import gc


class Collector:
    """Counts the workers that are alive; one for the whole process, as the collector itself is.

    Attributes:
        workers: how many live now.
    """

    def __init__(self) -> None:
        self.workers = 0

    def hold(self) -> None:
        """A worker begins."""
        self.workers += 1
        gc.disable()

    def release(self) -> None:
        """A worker has ended; with the last one the collector is automatic again."""
        self.workers -= 1
        if self.workers == 0:
            gc.enable()

    def collect(self) -> None:
        """Does on this thread what the collector would have done by now, but for the oldest generation."""
        young, middle, _ = gc.get_count()
        most_young, most_middle, _ = gc.get_threshold()
        if young > most_young:
            gc.collect(1 if middle > most_middle else 0)

    def set_aside(self) -> None:
        """Leaves what there is now out of all later collections, once libraries are loaded: they stay to the end.

        Looking through what they have made holds the window up for an eighth of a second.
        """
        gc.freeze()


COLLECTOR = Collector()

"""Evidence of a window that stands still: what every thread is doing, written while it does so.

The standard library's `faulthandler.dump_traceback_later` reads the stacks of running threads without Python's lock,
and now and then crashes the program that it watches. Here a thread of Python reads them, which waits for the lock.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType

from workbench.core.append_log import AppendLog
from workbench.core.errors import WorkbenchError

SECONDS = 5.0  # without a beat
MOST_FRAMES = 100  # of one thread


class FreezeWatch:
    """Writes the stacks of all threads to a log when nobody has called `beat` for some seconds, once for each time."""

    def __init__(self, log: AppendLog, seconds: float = SECONDS) -> None:
        """Begins to watch with the first beat, since a start may take long.

        Args:
            log: written by the watching thread alone; it is not closed here.
            seconds: how long a beat may take.
        """
        self._log, self._seconds = log, seconds
        self._beat, self._is_over = threading.Event(), False
        self._thread = threading.Thread(target=self._watch, name="freeze watch", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """Tells that the watched thread goes on."""
        self._beat.set()

    def stop(self) -> None:
        """Ends the watch; nothing is written from then on."""
        self._is_over = True
        self._beat.set()
        self._thread.join()

    def _watch(self) -> None:
        self._beat.wait()
        while not self._is_over:
            if not self._beat.wait(self._seconds):
                self._write()
                self._beat.wait()
            self._beat.clear()

    def _write(self) -> None:
        try:
            for line in (f"Nothing went on for {self._seconds:g} seconds.", *_stacks()):
                self._log.append(line.encode(errors="backslashreplace"))
            self._log.flush()
        except WorkbenchError:
            return  # a full disk is no reason to end


def _stacks() -> Iterator[str]:
    """The stack of every thread of Python but this one, innermost call first."""
    names = {each.ident: each.name for each in threading.enumerate()}
    for number, frame in sys._current_frames().items():
        if number == threading.get_ident():
            continue
        yield f"Thread {names.get(number, number)} (most recent call first):"
        yield from _calls(frame)


def _calls(frame: FrameType | None) -> Iterator[str]:
    for _ in range(MOST_FRAMES):
        if frame is None:
            return
        yield f'  File "{frame.f_code.co_filename}", line {frame.f_lineno}, in {frame.f_code.co_qualname}'
        frame = frame.f_back
    yield "  ..."

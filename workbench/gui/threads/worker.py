"""Long work on a thread of its own: the only file that names QThread.

A `BackgroundJob` runs a generator; what it yields goes into a buffer that a timer drains on the window's thread, so the
window gets at most thirty signals a second however fast the work is. The generator never touches a Qt object.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QObject, QThread, QTimer, pyqtSignal

from workbench.core.errors import WorkbenchError
from workbench.core.process import GIVES_WAY, lower_priority
from workbench.gui.threads.gc_guard import COLLECTOR

DRAIN_MS = 33


class Gate:
    """Lets a generator through, step by step: open, closed, or open for so many marked events."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._tickets: float = float("inf")

    def open(self, tickets: float = float("inf")) -> None:
        """Lets the work go on, for so many marked events."""
        with self._condition:
            self._tickets = tickets
            self._condition.notify_all()

    def close(self) -> None:
        """Holds the work at its next event."""
        with self._condition:
            self._tickets = 0

    def use_ticket(self) -> None:
        """Counts a marked event."""
        with self._condition:
            self._tickets -= 1

    def wait(self) -> None:
        """Waits in the work's thread until the gate is open."""
        with self._condition:
            self._condition.wait_for(lambda: self._tickets > 0)


ABANDONED: list[
    BackgroundJob
] = []  # kept until their threads have ended; a thread that is destroyed while it runs aborts Qt


def wait_for_abandoned() -> None:
    """Waits for the work that nobody wants any more; before the program ends."""
    while ABANDONED:
        ABANDONED.pop().shut_down()


class _Thread(QThread):
    """Runs a function; an exception is kept, not thrown into Qt."""

    def __init__(self, work: Callable[[], None], nice: int) -> None:
        super().__init__()
        self._work, self._nice = work, nice

    def run(self) -> None:
        lower_priority(self._nice)
        self._work()


class BackgroundJob(QObject):
    """A generator at work on its own thread.

    Signals:
        events(list): what it has yielded since the last time.
        ended(str): the last signal; the text is the error, or "" if all went well.

    Attributes:
        cause: the error itself, once the job has ended with one that a person can mend.
    """

    events = pyqtSignal(list)
    ended = pyqtSignal(str)

    def __init__(
        self,
        work: Callable[[], Iterator[Any]],
        *,
        cancel: Callable[[], None] | None = None,
        nice: int = GIVES_WAY,
        drain_ms: int = DRAIN_MS,
        parent: QObject | None = None,
    ) -> None:
        """Prepares the job; `start` begins.

        Args:
            work: called on the thread; its result is iterated there.
            cancel: asks the work to end by itself, called from the window's thread.
            nice: how much the thread lets others go before it, as `lower_priority` takes it.
            drain_ms: how long what is yielded may wait for the window.
            parent: owner.
        """
        super().__init__(parent)
        self.gate = Gate()
        self._work = work
        self._cancel = cancel
        self._buffer: deque[Any] = deque()
        self._error = ""
        self.cause: WorkbenchError | None = None
        self._holds_collector = self._is_shut_down = self._has_ended = False
        self._is_cancelled = threading.Event()
        self._ticket_for: Callable[[Any], bool] = lambda event: False
        self._thread = _Thread(self._run, nice)
        self._thread.finished.connect(self._on_finished)
        self._timer = QTimer(self)
        self._timer.setInterval(drain_ms)
        self._timer.timeout.connect(self._drain)

    @property
    def is_running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.isRunning()

    def start(self) -> None:
        """Begins the work."""
        COLLECTOR.hold()
        self._holds_collector = True
        self._timer.start()
        self._thread.start()

    def step(self, is_mark: Callable[[Any], bool]) -> None:
        """Lets the work go on to the next event that `is_mark` accepts, then holds it."""
        self._ticket_for = is_mark
        self.gate.open(1)

    def resume(self) -> None:
        """Lets the work go on without end."""
        self._ticket_for = lambda event: False
        self.gate.open()

    def pause(self) -> None:
        """Holds the work at its next event."""
        self.gate.close()

    def cancel(self) -> None:
        """Asks the work to end; `ended` comes when it has."""
        self._is_cancelled.set()
        if self._cancel is not None:
            self._cancel()
        self.resume()

    def shut_down(self) -> None:
        """Cancels and waits until the thread has ended; then nothing more is signalled."""
        self.cancel()
        self._is_shut_down = True
        self._timer.stop()
        self._thread.wait()
        self._release_collector()

    def abandon(self) -> None:
        """Nobody wants the result any more: the work is asked to end, and nothing is waited for or signalled."""
        self._is_shut_down = True
        self.cancel()
        self._timer.stop()
        self.setParent(None)
        if not self._has_ended:  # else it is dropped by somebody who hears its last words
            ABANDONED.append(self)

    def _run(self) -> None:
        try:
            for event in self._work():
                self._buffer.append(event)
                if self._ticket_for(event):
                    self.gate.use_ticket()
                self.gate.wait()
                if self._is_cancelled.is_set() and self._cancel is None:
                    break
        except WorkbenchError as error:
            self._error, self.cause = str(error), error
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            self._error = f"This is a mistake in the program ({type(error).__name__}: {error})."

    def _release_collector(self) -> None:
        if self._holds_collector:
            self._holds_collector = False
            COLLECTOR.release()

    def _drain(self) -> None:
        COLLECTOR.collect()
        if sip.isdeleted(self):
            return  # the collector has freed its owner, a closed window, and so nobody receives the signal
        batch = []
        while self._buffer:
            batch.append(self._buffer.popleft())
        if batch:
            self.events.emit(batch)

    def _on_finished(self) -> None:
        self._timer.stop()
        self._release_collector()
        self._has_ended = True
        if self in ABANDONED:
            ABANDONED.remove(self)
        if self._is_shut_down:
            return
        self._drain()
        if not sip.isdeleted(self) and not self._is_shut_down:
            self.ended.emit(self._error)

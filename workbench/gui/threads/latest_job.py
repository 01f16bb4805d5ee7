"""The newest work that one part of the window asks for: the only place that makes, drops and ends its jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PyQt6.QtCore import QObject

from workbench.core.errors import WorkbenchError
from workbench.core.process import GIVES_WAY
from workbench.gui.threads.worker import DRAIN_MS, BackgroundJob


def _ignore(_: Any) -> None:
    """Hears what nobody listens to."""


class LatestJob(QObject):
    """At most one job at a time, which belongs to whoever asked last.

    There are three policies, and a caller keeps to one of them. *Newest wins*: `run` abandons what is under way. *One
    at a time*: `run_when_free` lets it come to its end; of those that wait meanwhile only the newest is kept. *Newest
    wins, alone*: `drop` asks it to end, and `run_when_free` waits for that, so that no two work heavily at once.

    Attributes:
        current: the job under way, which can be held, stepped and cancelled; None while there is none.
        cause: the error of the job that has ended last, if it is one that a person can mend.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: BackgroundJob | None = None
        self.cause: WorkbenchError | None = None
        self._waiting: Callable[[], None] | None = None
        self._on_events: Callable[[list[Any]], None] = _ignore
        self._on_ended: Callable[[str], None] = _ignore
        self._is_over = False

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self.current is not None

    @property
    def is_waiting(self) -> bool:
        """Whether another piece of work waits for the end of the one under way."""
        return self._waiting is not None

    def run(
        self,
        work: Callable[[], Iterator[Any]],
        *,
        on_ended: Callable[[str], None],
        on_events: Callable[[list[Any]], None] = _ignore,
        cancel: Callable[[], None] | None = None,
        nice: int = GIVES_WAY,
        drain_ms: int = DRAIN_MS,
    ) -> None:
        """Starts work on a thread, and abandons what is under way; after `shut_down` nothing is started.

        Args:
            work: called on the thread; its result is iterated there.
            on_ended: called once at the end, when there is no job any more; the text is the error, or "" if all went
                well. Of work that is abandoned or shut down it is not called.
            on_events: called with what the work has yielded since the last time.
            cancel: asks the work to end by itself, called from the window's thread.
            nice: how much the thread lets others go before it.
            drain_ms: how long what is yielded may wait for `on_events`.
        """
        self.abandon()
        if self._is_over:
            return
        self.cause = None
        self._on_events, self._on_ended = on_events, on_ended
        self.current = BackgroundJob(work, cancel=cancel, nice=nice, drain_ms=drain_ms, parent=self)
        self.current.events.connect(self._hand_over)
        self.current.ended.connect(self._finish_off)
        self.current.start()

    def run_when_free(self, begin: Callable[[], None]) -> None:
        """Calls `begin`, which may call `run`: now, or on this thread once the work under way has ended.

        It takes the place of another that waits. After `shut_down` it is not called.
        """
        if self._is_over:
            return
        if self.current is not None:
            self._waiting = begin
            return
        self._waiting = None
        begin()

    def drop(self) -> None:
        """Asks what is under way to end, and drops what waits: nothing more is heard of either."""
        self._waiting = None
        self._on_events = self._on_ended = _ignore
        if self.current is not None:
            self.current.cancel()

    def abandon(self) -> None:
        """Drops what is under way and what waits: nothing more is heard of it, and nothing is waited for."""
        job = self._let_go()
        if job is not None:
            job.abandon()

    def finish(self) -> None:
        """Drops what waits, ends what is under way and waits for it; other work may follow."""
        job = self._let_go()
        if job is not None:
            job.shut_down()
            job.deleteLater()

    def shut_down(self) -> None:
        """Does as `finish` does; from then on nothing is started any more."""
        self._is_over = True
        self.finish()

    def _let_go(self) -> BackgroundJob | None:
        job, self.current, self._waiting = self.current, None, None
        self._on_events = self._on_ended = _ignore
        return job

    def _hand_over(self, events: list[Any]) -> None:
        self._on_events(events)

    def _finish_off(self, error: str) -> None:
        on_ended, waiting = self._on_ended, self._waiting
        job = self._let_go()
        assert job is not None
        self.cause = job.cause
        job.deleteLater()
        self._waiting = waiting
        on_ended(error)
        if self._waiting is not None and self.current is None:
            self.run_when_free(self._waiting)

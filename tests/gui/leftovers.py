"""Finds what a test has left behind: threads, timers that still run, and windows."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QThread, QTimer
from PyQt6.QtWidgets import QApplication

from workbench.gui.threads.gc_guard import COLLECTOR


@dataclass(frozen=True)
class Shot:
    """A call that was ordered for later, once.

    Attributes:
        due: when it comes, by `time.monotonic`.
        call: what is called.
    """

    due: float
    call: Callable[[], object]

    @property
    def is_pending(self) -> bool:
        """Whether it is still to come; a call of a deleted object never comes."""
        receiver = getattr(self.call, "__self__", None)
        is_gone = isinstance(receiver, QObject) and sip.isdeleted(receiver)
        return time.monotonic() < self.due and not is_gone


class TimerWatch:
    """Remembers every timer that is started, without keeping it alive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._timers: list[weakref.ref[QTimer]] = []
        self._shots: list[Shot] = []
        start, single_shot = QTimer.start, QTimer.singleShot

        def started(timer: QTimer, *arguments: int) -> None:
            self._timers.append(weakref.ref(timer))
            start(timer, *arguments)

        def ordered(ms: int, call: Callable[[], object]) -> None:
            self._shots.append(Shot(time.monotonic() + ms / 1000, call))
            single_shot(ms, call)

        monkeypatch.setattr(QTimer, "start", started)
        monkeypatch.setattr(QTimer, "singleShot", staticmethod(ordered))

    def running(self) -> list[str]:
        """Returns what still runs: the timers by their owners, and the calls that are still to come."""
        found = {id(timer): timer for each in self._timers if (timer := each()) is not None}
        timers = [timer for timer in found.values() if not sip.isdeleted(timer) and timer.isActive()]
        shots = [shot.call for shot in self._shots if shot.is_pending]
        return [f"timer of {type(timer.parent()).__name__}, {timer.interval()} ms" for timer in timers] + [
            f"single shot of {getattr(call, '__qualname__', call)}" for call in shots
        ]


LASTING = ("reading samples", "cache")  # threads that read files for all data sets, as long as the process lives


@contextmanager
def nothing_left_behind(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Asserts that what runs inside leaves no thread, no running timer and no window."""
    threads: list[QThread] = []
    start = QThread.start

    def started(self: QThread, *arguments: QThread.Priority) -> None:
        threads.append(self)
        start(self, *arguments)

    monkeypatch.setattr(QThread, "start", started)
    timers = TimerWatch(monkeypatch)
    before = set(threading.enumerate())
    windows = {id(window) for window in app.topLevelWidgets()}
    yield
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()  # what a closed window leaves is freed here, and not in the midst of what a later test does
    gc.freeze()  # what is left is looked at no more: it is the libraries and what all tests share
    assert not [thread for thread in threads if thread.isRunning()], "a QThread is still running"
    assert COLLECTOR.workers == 0, "a job has ended without letting go of the collector"
    now = {thread for thread in threading.enumerate() if not thread.name.startswith(LASTING)}
    left = [thread for thread in now - before if not thread.daemon]
    assert not left, f"threads are left: {left}"
    shown = [window for window in app.topLevelWidgets() if id(window) not in windows and window.isVisible()]
    assert not shown, f"windows are left: {shown}"
    assert not timers.running(), f"timers still run: {timers.running()}"

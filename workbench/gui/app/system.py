"""Signals of the operating system to end, and evidence of crashes and freezes."""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import socket
import time
from pathlib import Path
from typing import Any

from PyQt6.QtCore import (
    QObject,
    QSocketNotifier,
    QTimer,
    pyqtSignal,
)

from workbench.core.append_log import AppendLog
from workbench.core.errors import WorkbenchError
from workbench.core.files import make_folder
from workbench.core.moving import move
from workbench.core.status import status_of
from workbench.gui.app.freezes import FreezeWatch

PERIOD_MS = 1000
NAMES = ("SIGTERM", "SIGHUP", "SIGINT")


class SystemSignals(QObject):
    """Turns the signals that ask a program to end into a Qt signal, at once, also while the event loop idles.

    Signals:
        asked_to_end(): the system or the user at the terminal wants the program to end.
    """

    asked_to_end = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._receiver, self._sender = socket.socketpair()
        for end in (self._receiver, self._sender):
            end.setblocking(False)
        number: Any = self._receiver.fileno()  # PyQt's stub wants a pointer here
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)
        self._descriptor_before = signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._ignore)
            for number in (getattr(signal, name, None) for name in NAMES)
            if number is not None
        }

    @staticmethod
    def _ignore(number: int, frame: object) -> None:
        """The byte in the socket says everything."""

    def _on_activated(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._receiver.recv(64)
        self.asked_to_end.emit()

    def stop(self) -> None:
        """Everything as it was before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._descriptor_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._receiver.close()
        self._sender.close()


class Watchdog(QObject):
    """Leaves a log behind when the program crashes hard or stands still for five seconds; nothing is sent.

    Attributes:
        last_crash: a sentence about the log of the last session, if that crashed; else "".
    """

    def __init__(self, parent: QObject, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.last_crash = ""
        self._logs: list[AppendLog] = []
        self._timer = QTimer(self)
        try:
            crashes, freezes = (self._open(folder or log_folder(), name) for name in ("crash", "freeze"))
        except (WorkbenchError, OSError):
            return  # a place that cannot be written to must not keep the program from starting
        self._logs = [crashes, freezes]
        self._freezes = FreezeWatch(freezes)
        faulthandler.enable(crashes.fileno(), all_threads=True)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._freezes.beat)
        self._timer.start()

    def _open(self, folder: Path, name: str) -> AppendLog:
        """A new log; what the last session has left in it is kept aside and reported."""
        make_folder(folder)
        file = folder / f"{name}.txt"
        if (status := status_of(file)) and status.st_size:
            kept = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.txt"
            move(file, kept)
            what = "ended unexpectedly" if name == "crash" else "stood still for a while"
            self.last_crash = self.last_crash or f"The program {what} last time. What is known about it is in {kept}."
        return AppendLog(file)

    def stop(self) -> None:
        """Ends the watch."""
        self._timer.stop()
        if self._logs:
            self._freezes.stop()
            faulthandler.disable()
        for log in self._logs:
            log.close()


def log_folder() -> Path:
    """Where logs and reports are kept."""
    from platformdirs import user_log_path

    return user_log_path("cnn-workbench", appauthor=False)

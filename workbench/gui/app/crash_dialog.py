"""Unexpected errors: caught wherever they are raised, kept in a report, shown in one dialog; the program lives.

Without a hook Qt would abort. The hook runs in the thread that raised, so it only notes and signals; the dialog is
made on the window's thread.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections import Counter, deque
from types import TracebackType

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMessageBox, QPushButton, QWidget

from workbench.core.errors import printable
from workbench.core.report import write_report
from workbench.gui.widgets.message_boxes import message_box

MOST_WAITING = 100
Place = tuple[str, str, int]


class CrashReporter(QObject):
    """The hook and its dialog.

    Signals:
        said(str): something for the status bar.
        interrupted(): Ctrl+C was pressed in the terminal.
    """

    said = pyqtSignal(str)
    interrupted = pyqtSignal()
    _found = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: deque[tuple[str, str]] = deque(maxlen=MOST_WAITING)
        self._counts: Counter[Place] = Counter()
        self._lock = threading.Lock()
        self._before = (sys.excepthook, threading.excepthook)
        self.dialog: QMessageBox | None = None
        self._found.connect(self._on_found)

    def install(self) -> None:
        """From now on every uncaught exception comes here."""
        sys.excepthook = self.catch
        threading.excepthook = self._catch_in_thread

    def uninstall(self) -> None:
        """Puts the hooks back that were there before."""
        sys.excepthook, threading.excepthook = self._before

    @property
    def count(self) -> int:
        """How many there have been."""
        return sum(self._counts.values())

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Notes an exception; called in whatever thread raised it."""
        if issubclass(kind, KeyboardInterrupt):
            self.interrupted.emit()
            return
        last = traceback.extract_tb(trace)[-1:] or [traceback.FrameSummary("", 0, "")]
        place = (kind.__name__, last[0].filename, last[0].lineno or 0)
        with self._lock:
            self._counts[place] += 1
            is_first = self._counts[place] == 1
        if not is_first:
            return
        where = write_report(error)
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr, flush=True)
        self._waiting.append((f"{kind.__name__}: {error}\n\n{where}", details))
        self._found.emit()

    def _catch_in_thread(self, found: threading.ExceptHookArgs) -> None:
        self.catch(found.exc_type, found.exc_value or found.exc_type(), found.exc_traceback)

    def _on_found(self) -> None:
        """On the window's thread; the dialog waits until the slot that failed is left."""
        QTimer.singleShot(0, self._show)

    def _show(self) -> None:
        """Shows the next mistake, unless one is being read; then only says so."""
        if not self._waiting:
            return
        if self.dialog is not None:
            self.said.emit(f"{self.count} mistakes of the program so far; their reports are kept.")
            return
        text, details = self._waiting.popleft()
        said = "An unexpected error occurred. Your work is still here; save it to be safe."
        box = message_box(self._window, "A mistake in the program", said, "alert-outline")
        box.setInformativeText(printable(text.split("\n")[0]) + "\n" + text.split("\n")[-1])
        box.setDetailedText(details)
        box.addButton(QMessageBox.StandardButton.Close)
        copy = QPushButton("Copy details")
        copy.setAccessibleName("Copy details")
        box.addButton(copy, QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # the dialog stays open
        copy.clicked.connect(self._copy)
        box.finished.connect(self._on_finished)
        self.dialog = box
        box.open()

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self.dialog is not None:
            clipboard.setText(self.dialog.detailedText())

    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        if self._waiting:
            self._found.emit()

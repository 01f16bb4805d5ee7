"""What a reading of data says on its thread, told on the window's thread; by it the reading can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from PyQt6.QtCore import QObject, QTimer

from workbench.data.listening import ReadingProgress, ReadingStopped, heard_by

TELL_MS = 200  # how often it is told how far the reading is


class Hearing:
    """What one reading says; whoever has it can end that reading.

    Attributes:
        progress: how far it is; None before it has said anything.
        is_over: whether it has ended, however.
    """

    def __init__(self) -> None:
        self.progress: ReadingProgress | None = None
        self.is_over = False
        self._is_stopped = Event()

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Hears what this thread reads inside."""
        try:
            with heard_by(self.hear):
                yield
        finally:
            self.is_over = True

    def through(self, work: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """Returns what work gives that reads its data when it is called; nothing where that reading is stopped."""
        try:
            with self.begun():
                return work()
        except ReadingStopped:
            return iter(())

    def hear(self, progress: ReadingProgress) -> None:
        """Keeps what is said.

        Raises:
            ReadingStopped: somebody has stopped the reading.
        """
        self.progress = progress
        if self._is_stopped.is_set():
            raise ReadingStopped

    def stop(self) -> None:
        """Ends the reading when it says something next."""
        self._is_stopped.set()


class ReadingWatch(QObject):
    """Looks now and then how far a reading is, and says it.

    Attributes:
        hearing: of the newest reading; one that says nothing before the first.
    """

    def __init__(self, tell: Callable[[ReadingProgress], None], parent: QObject) -> None:
        """Watches nothing yet.

        Args:
            tell: called with how far the reading is.
            parent: owner.
        """
        super().__init__(parent)
        self.hearing = Hearing()
        self._tell, self._told = tell, ""  # in words, which change less often
        self._timer = QTimer(self)
        self._timer.setInterval(TELL_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> Hearing:
        """Returns what hears a new reading, and tells what it says until it is over."""
        self.hearing, self._told = Hearing(), ""
        self._timer.start()
        return self.hearing

    def look(self) -> None:
        """Says how far the reading is, if that is news; nothing of one that is over."""
        progress = self.hearing.progress
        if self.hearing.is_over:
            self._timer.stop()
            return
        if progress is not None and progress.text != self._told:
            self._told = progress.text
            self._tell(progress)

"""Measures a code on a thread of its own, with a network of its own; the newest request wins."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.gui.threads.latest_job import LatestJob
from workbench.inspection.measuring import Measured, MeasureRequest, measured


class MeasureWorker(QObject):
    """Measures a code on a thread.

    Signals:
        progress(str): what it is about.
        measured(object): a Measured.
        failed(str): it could not be measured, and why.
    """

    progress = pyqtSignal(str)
    measured = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = LatestJob(self)

    @property
    def is_busy(self) -> bool:
        """Whether something is being measured."""
        return self._job.is_busy

    def ask(self, wanted: MeasureRequest) -> None:
        """Measures, and lets go of what is being measured."""
        self._job.run(lambda: measured(wanted), on_events=self._on_events, on_ended=self._on_ended)

    def stop(self) -> None:
        """Nobody wants it any more."""
        self._job.abandon()

    def shut_down(self) -> None:
        """Ends the thread and waits for it."""
        self._job.shut_down()

    def _on_events(self, events: list[str | Measured]) -> None:
        for event in events:
            if isinstance(event, Measured):
                self.measured.emit(event)
            else:
                self.progress.emit(event)

    def _on_ended(self, error: str) -> None:
        if error:
            self.failed.emit(error)

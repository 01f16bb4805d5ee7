"""What a run did before it was stopped, read on a thread once it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.gui.threads.latest_job import LatestJob
from workbench.training.events import RunStarted
from workbench.training.history import epochs_of, losses_of
from workbench.training.run_data import RunData
from workbench.training.run_folder import RunFolder


class EarlierCourse(QObject):
    """Puts the course of a run until now in front of what comes in.

    Signals:
        read(): it is there.
        failed(str): it cannot be read, and why.
    """

    read = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = LatestJob(self)

    def begin(self, run: RunFolder, event: RunStarted, data: RunData) -> None:
        """Reads what the run did before the step at which it goes on, into its data."""
        per_epoch = event.steps_per_epoch

        def work() -> Iterator[Any]:
            losses = [(step / per_epoch, loss) for step, loss in losses_of(run, event.step)]
            yield data, losses, [each for each in epochs_of(run) if each["epoch"] * per_epoch <= event.step]

        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended)

    def _on_read(self, answers: list[tuple[RunData, list[tuple[float, float]], list[dict[str, Any]]]]) -> None:
        data, losses, epochs = answers[-1]
        data.put_before(losses, epochs)
        self.read.emit()

    def _on_ended(self, error: str) -> None:
        if error:
            self.failed.emit(error)

    def abandon(self) -> None:
        """Nobody wants it any more."""
        self._job.abandon()

    def shut_down(self) -> None:
        """Ends the reading and waits for it."""
        self._job.shut_down()

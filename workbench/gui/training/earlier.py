"""What a run did before it was stopped, read on a thread once it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.gui.threads.worker import BackgroundJob
from workbench.training.events import RunStarted
from workbench.training.history import epochs_of, losses_of
from workbench.training.run_data import RunData
from workbench.training.run_folder import RunFolder


class EarlierCourse(QObject):
    """Puts the course of a run until now in front of what comes in.

    Signals:
        read(): it is there.
    """

    read = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: BackgroundJob | None = None

    def begin(self, run: RunFolder, event: RunStarted, data: RunData) -> None:
        """Reads what the run did before the step at which it goes on, into its data."""
        self.abandon()
        per_epoch = event.steps_per_epoch

        def work() -> Iterator[Any]:
            losses = [(step / per_epoch, loss) for step, loss in losses_of(run, event.step)]
            yield data, losses, [each for each in epochs_of(run) if each["epoch"] * per_epoch <= event.step]

        self._job = BackgroundJob(work, parent=self)
        self._job.events.connect(self._on_read)
        self._job.start()

    def _on_read(self, answers: list[tuple[RunData, list[tuple[float, float]], list[dict[str, Any]]]]) -> None:
        data, losses, epochs = answers[-1]
        data.put_before(losses, epochs)
        self.read.emit()

    def abandon(self) -> None:
        """Nobody wants it any more."""
        if self._job is not None:
            self._job.abandon()
            self._job = None

    def shut_down(self) -> None:
        """Ends the reading and waits for it."""
        if self._job is not None:
            self._job.shut_down()
            self._job = None

"""Running a training and watching it: the buttons, the progress, the curves."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from workbench.gui.session import Session
from workbench.gui.theme import Theme
from workbench.gui.training.curves import Curves
from workbench.gui.widgets.labels import plain_label
from workbench.gui.worker import Job
from workbench.project.checks import project_problems
from workbench.training.control import Control
from workbench.training.events import EpochEnded, RunEnded, RunStarted, SnapshotTaken, StepEnded, Warned


class TrainPanel(QWidget):
    """Run, pause, one batch, one epoch, stop; curves while it runs.

    Signals:
        run_started(object): the RunStarted event.
        run_ended(object): the RunEnded event.
        snapshot_taken(object): weights while the network learns.
        said(str): something for the status bar.
    """

    run_started = pyqtSignal(object)
    run_ended = pyqtSignal(object)
    snapshot_taken = pyqtSignal(object)
    said = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._control: Control | None = None
        self._start: RunStarted | None = None
        self._state = "idle"
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.curves = Curves(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addLayout(self._build_strip())
        layout.addWidget(self.curves, 1)
        self._set_state("idle")

    def _build_strip(self) -> QHBoxLayout:
        strip = QHBoxLayout()
        self._buttons: dict[str, QToolButton] = {}
        rows: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("run", "▶ Run", "Train, or go on (F5)", self.run),
            ("pause", "❚❚ Pause", "Hold after this batch", self.pause),
            ("batch", "+1 batch", "Train one batch, then hold", self.one_batch),
            ("epoch", "+1 epoch", "Train to the end of the epoch, then hold", self.one_epoch),
            ("stop", "■ Stop", "End the run; what it has learnt stays (Shift+F5)", self.stop),
        )
        for name, text, tip, slot in rows:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(name)
            button.clicked.connect(slot)
            strip.addWidget(button)
            self._buttons[name] = button
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(8)
        self._status = plain_label("Press Run to train the network.", faint=True)
        strip.addSpacing(12)
        strip.addWidget(self._status, 2)
        strip.addWidget(self._bar, 1)
        return strip

    @property
    def state(self) -> str:
        """ "idle", "running" or "paused"."""
        return self._state

    def _set_state(self, state: str) -> None:
        self._state = state
        allowed = {"run": state != "running", "pause": state == "running", "stop": state != "idle"}
        for name, button in self._buttons.items():
            button.setEnabled(allowed.get(name, state != "running"))

    def run(self) -> None:
        """Begins a training, or goes on with the one that is held."""
        if self._begin() and self._job is not None:
            self._job.resume()
            self._set_state("running")

    def pause(self) -> None:
        """Holds the training after the batch under way."""
        if self._job is not None:
            self._job.pause()
            self._set_state("paused")

    def one_batch(self) -> None:
        """Trains one batch more."""
        self._step(lambda event: isinstance(event, StepEnded))

    def one_epoch(self) -> None:
        """Trains to the end of the epoch."""
        self._step(lambda event: isinstance(event, EpochEnded))

    def _step(self, is_mark: Callable[[Any], bool]) -> None:
        if self._begin() and self._job is not None:
            self._job.step(is_mark)
            self._set_state("paused")

    def stop(self) -> None:
        """Ends the run; its weights stay."""
        if self._job is not None:
            self._status.setText("Stopping …")
            self._job.cancel()

    def shut_down(self) -> None:
        """Ends the run and waits for it; for closing the window."""
        if self._job is not None:
            self._job.shut_down()
            self._job = None
        if self._temporary is not None:
            self._temporary.cleanup()

    def _begin(self) -> bool:
        """Starts a job if none is on; False if the project cannot be trained."""
        if self._job is not None:
            return True
        problems = project_problems(self._session.project)
        if problems:
            self.said.emit(problems[0].message)
            self._status.setText(problems[0].message)
            return False
        self.curves.clear()
        self._status.setText("Preparing …")
        project, path, control = self._session.project, self.run_path(), Control()

        def work() -> Iterator[Any]:
            from workbench.project.runs import new_job
            from workbench.training.engine import train

            return train(new_job(project, path), control)

        self._control = control
        self._job = Job(work, cancel=control.cancel, parent=self)
        self._job.events.connect(self._on_events)
        self._job.ended.connect(self._on_ended)
        self._job.start()
        return True

    def run_path(self) -> Path:
        """The project's file, or for one that was never saved a place that goes with the window."""
        if self._session.path is not None:
            return self._session.path
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="cnn-workbench-")
        return Path(self._temporary.name) / "untitled.cnn"

    def request_snapshot(self) -> None:
        """Asks the running training for its weights."""
        if self._control is not None:
            self._control.request_snapshot()

    def _on_events(self, events: list[Any]) -> None:
        last: StepEnded | None = None
        for event in events:
            match event:
                case RunStarted():
                    self._start, self._began = event, time.monotonic()
                    self._bar.setRange(0, event.epochs * event.steps_per_epoch)
                    self.run_started.emit(event)
                case StepEnded() if self._start is not None:
                    self.curves.add_batch(event.step / self._start.steps_per_epoch, event.loss)
                    last = event
                case EpochEnded():
                    self.curves.add_epoch(event.epoch, "train", dict(event.train))
                    self.curves.add_epoch(event.epoch, "validation", dict(event.validation))
                case SnapshotTaken():
                    self.snapshot_taken.emit(event)
                case Warned():
                    self.said.emit(event.message)
                case RunEnded():
                    self._show_end(event)
        self.curves.draw()
        if last is not None and not isinstance(events[-1], RunEnded):
            self._show_step(last)

    def _show_step(self, event: StepEnded) -> None:
        start = self._start
        assert start is not None
        self._bar.setValue(event.step)
        done = event.step - start.step
        pace = done / max(1e-6, time.monotonic() - self._began)
        left = (start.epochs * start.steps_per_epoch - event.step) / max(pace, 1e-6)
        self._status.setText(
            f"epoch {event.epoch}/{start.epochs} · batch {event.batch}/{start.steps_per_epoch} · "
            f"loss {event.loss:.4f} · {_duration(left)} left"
        )

    def _show_end(self, event: RunEnded) -> None:
        words = {"finished": "Finished", "early_stop": "Stopped early", "stopped": "Stopped", "nan": event.message}
        accuracy = event.test.get("accuracy")
        result = f" · test accuracy {accuracy:.2%}" if accuracy is not None else ""
        self._status.setText(f"{words[event.reason]}{result} · {event.run}")
        self._bar.setValue(event.step)
        self.run_ended.emit(event)

    def _on_ended(self, error: str) -> None:
        job, self._job, self._control = self._job, None, None
        if job is not None:
            job.deleteLater()
        self._set_state("idle")
        if error:
            self._status.setText(error)
            self.said.emit(error)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"

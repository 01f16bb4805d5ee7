"""The one training of the window: start, pause, step, stop, resume. Panels show its events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.errors import LostCheckpointsError, UsageError
from workbench.core.process import training_niceness
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.threads.reading_watch import ReadingWatch
from workbench.gui.training.trainings import Work, new_training, resumed_training
from workbench.gui.widgets.fields import finish_typing
from workbench.model.problems import Problem
from workbench.project.checks import MisfitError, project_problems
from workbench.project.storage import runs_folder
from workbench.training.control import Control
from workbench.training.events import EpochEnded, RateChanged, RunEnded, RunStarted, SnapshotTaken, StepEnded, Warned
from workbench.training.following import followed
from workbench.training.run_folder import RunFolder

DRAIN_MS = 100  # nothing that is shown of a training moves faster than five times a second
State = Literal["idle", "preparing", "running", "paused", "stopping"]


class Runner(QObject):
    """Runs one training at a time on the worker thread.

    Signals:
        state_changed(str): one of "idle", "preparing", "running", "paused", "stopping".
        run_started(object): the RunStarted event.
        events_arrived(list): the run's events since the last time, in order.
        snapshot_taken(object): weights while the network learns; whoever reads them gives them back.
        run_ended(object): the RunEnded event.
        failed(str): the run could not start or go on, and why.
        hindered(str, object): why a run could not start (as `failed` says it as well), and the Fix that would let it.
        advanced(object): how far the reading of the data is, a ReadingProgress, before the training begins.
        said(str): something for the status bar.
        troubled(str, float): something is lost or will be, such as on a full disk; whole sentences, and a learning rate
            to try instead, where that is the advice, else 0.
        lost(str, str): a run that should go on has no whole checkpoint any more: its name, and what happened.
    """

    state_changed = pyqtSignal(str)
    run_started = pyqtSignal(object)
    events_arrived = pyqtSignal(list)
    snapshot_taken = pyqtSignal(object)
    run_ended = pyqtSignal(object)
    failed = pyqtSignal(str)
    hindered = pyqtSignal(str, object)
    advanced = pyqtSignal(object)
    said = pyqtSignal(str)
    troubled = pyqtSignal(str, float)
    lost = pyqtSignal(str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = LatestJob(self)
        self._watch = ReadingWatch(self.advanced.emit, self)
        self._control: Control | None = None
        self._is_mark: Callable[[Any], bool] | None = None
        self.state: State = "idle"
        self.run_name, self._is_own = "", True
        self.rate = 0.0  # of the last batch

    @property
    def is_on(self) -> bool:
        """Whether a run has the thread, held or not."""
        return self._job.is_busy

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def run(self) -> None:
        """Begins a training, or goes on with the one that is held."""
        finish_typing()
        if not self._job.is_busy and not self._begin_new():
            return
        self._continue(None)

    def pause(self) -> None:
        """Holds the training after the batch under way."""
        if self._job.current is not None and self.state in ("running", "preparing"):
            self._is_mark = None
            if self.state == "running":
                _go_to(_is_end, self._job, self._control)
            else:
                self._job.current.pause()
            if self._control is not None:
                self._control.hold()
            self._set_state("paused")

    def toggle(self) -> None:
        """Holds what runs, and runs what is held or not yet begun."""
        if self.state == "running":
            self.pause()
        elif self.state in ("idle", "paused"):
            self.run()

    def one_batch(self) -> None:
        """Trains one batch more, then holds."""
        self._step(_is_step)

    def one_epoch(self) -> None:
        """Trains to the end of the epoch, then holds."""
        self._step(_is_epoch)

    @property
    def holds_after_epoch(self) -> bool:
        """Whether the training is held at the end of the epoch."""
        return self._is_mark is _is_epoch

    def stop(self) -> None:
        """Ends the run; what it has learnt stays, and it can be gone on with."""
        if self._job.current is not None:
            self._set_state("stopping")
            self._job.current.cancel()

    def resume(self, run: str, *, from_start: bool = False) -> None:
        """Takes a run up again that was stopped or killed, with every setting as it began.

        Args:
            run: its name.
            from_start: whether to begin anew where it had checkpoints, but none of them is whole (`lost`).
        """
        if self._job.is_busy:
            self.said.emit("A training is on already.")
            return
        self._begin(resumed_training(self._session, run, from_start=from_start), run)
        self._continue(None)

    def follow(self, run: str) -> None:
        """Shows a run as it grows that another process trains, perhaps on another machine; stopping ends the showing.

        Args:
            run: its name.
        """
        if self._job.is_busy:
            self.said.emit("A training is on already.")
            return
        self._begin(partial(followed, RunFolder(runs_folder(self._session.run_path) / run)), run, is_own=False)
        self._continue(None)

    def trains(self, run: str) -> bool:
        """Returns whether this window trains a run just now, held or not; one that it follows is not its own."""
        return self.is_on and self._is_own and run == self.run_name

    def request_rate(self, rate: float) -> None:
        """Asks the running training for another learning rate; its schedule goes on from there in proportion."""
        if self._control is not None:
            self._control.request_lr(rate)

    def request_snapshot(self) -> None:
        """Asks the running training for its weights."""
        if self._control is not None:
            self._control.request_snapshot()

    def finish(self) -> None:
        """Ends the run and waits for it: another project is to be opened."""
        self._job.finish()
        self._control, self._is_mark = None, None
        self._set_state("idle")

    def shut_down(self) -> None:
        """Ends the run and waits for it; none begins any more: the window closes."""
        self._job.shut_down()
        self.finish()

    def _step(self, is_mark: Callable[[Any], bool]) -> None:
        if self.state in ("running", "stopping"):
            return
        finish_typing()
        if self._processes() > 1:
            self.said.emit("Several processes cannot be stepped; they can be run and paused.")
            return
        if not self._job.is_busy and not self._begin_new():
            return
        self._continue(is_mark)

    def _begin_new(self) -> bool:
        """Starts a job for a new run; False if the project cannot be trained."""
        problems = project_problems(self._session.project)
        if problems:
            self._fail(problems[0].message, problems[0])
            return False
        processes = self._processes()
        if processes > 1 and (self._session.path is None or self._session.is_modified):
            self._fail(f"Save the project first: {processes} processes are to train it, and read its file.", None)
            return False
        self._begin(new_training(self._session, processes))
        return True

    def _processes(self) -> int:
        """How many processes a new run has; settings that are wrong are said when it begins."""
        try:
            return self._session.project.training_config().processes
        except UsageError:
            return 1

    def _begin(self, work: Work, run: str = "", *, is_own: bool = True) -> None:
        control, hearing = Control(), self._watch.begin()
        self.run_name, self._is_own = run, is_own

        def cancel() -> None:
            hearing.stop()
            control.cancel()

        self._job.run(
            lambda: hearing.through(lambda: work(control)),
            on_events=self._on_events,
            on_ended=self._on_ended,
            cancel=cancel,
            nice=training_niceness(),
            drain_ms=DRAIN_MS,
        )
        if self._job.is_busy:
            self._control = control
            self._set_state("preparing")

    def _continue(self, is_mark: Callable[[Any], bool] | None) -> None:
        """Lets the run go on: without end, or to the next event that is a mark."""
        job = self._job.current
        if job is None:
            return  # the window is closing
        self._is_mark = is_mark
        if self._control is not None:
            self._control.go_on()
        if is_mark is None:
            job.resume()
        else:
            _go_to(is_mark, self._job, self._control)
        if self.state == "paused":
            self._set_state("running")

    def _on_events(self, events: list[Any]) -> None:
        for event in events:
            match event:
                case RunStarted():
                    self.run_name = event.run
                    self.run_started.emit(event)
                    if self.state == "preparing":
                        self._set_state("running")
                case SnapshotTaken():
                    self.snapshot_taken.emit(event)
                case StepEnded():
                    self.rate = event.lr
                case RateChanged():
                    self.said.emit(f"The learning rate is {event.lr:.4g} from batch {event.step + 1:,} on.")
                case Warned():
                    self.said.emit(event.message)
                    if event.is_grave:
                        self.troubled.emit(event.message, event.rate)
        self.events_arrived.emit(events)
        if self._is_mark is not None and self.state == "running" and any(self._is_mark(event) for event in events):
            self._is_mark = None
            self._set_state("paused")
        for event in events:
            if isinstance(event, RunEnded):
                self.run_ended.emit(event)

    def _on_ended(self, error: str) -> None:
        cause, self._control, self._is_mark = self._job.cause, None, None
        self._set_state("idle")
        if isinstance(cause, LostCheckpointsError):
            self.lost.emit(cause.run, cause.loss)
        elif error:
            self._fail(error, cause.problem if isinstance(cause, MisfitError) else None)

    def _fail(self, text: str, problem: Problem | None) -> None:
        self.failed.emit(text)
        if problem is not None and problem.fixes:
            self.hindered.emit(text, problem.fixes[0])


def _go_to(is_mark: Callable[[Any], bool], job: LatestJob, control: Control | None) -> None:
    """Lets a training go on to a mark, where it is held, and asks for the weights as they are then."""
    if control is not None and is_mark is _is_epoch:
        control.request_epoch_snapshot()
    elif control is not None:
        control.request_snapshot(is_urgent=True)
    if job.current is not None:
        job.current.step(is_mark)


def _is_step(event: Any) -> bool:
    return isinstance(event, StepEnded)


def _is_end(event: Any) -> bool:
    return isinstance(event, StepEnded | EpochEnded)


def _is_epoch(event: Any) -> bool:
    return isinstance(event, EpochEnded)

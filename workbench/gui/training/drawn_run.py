"""Which run the Train panel shows: the one under way, or one that was chosen, read back on a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.core.errors import printable
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.training.confusion import ConfusionMatrix
from workbench.gui.training.curves import Curves
from workbench.gui.training.earlier import EarlierCourse
from workbench.gui.training.run_matrix import RunMatrix
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_list import RunsList
from workbench.gui.widgets.labels import ShortLabel, plain_tip
from workbench.project.storage import runs_folder
from workbench.training.events import EpochEnded, RunStarted, StepEnded
from workbench.training.history import loss_curve, matrix_of, result_text
from workbench.training.run_data import RunData
from workbench.training.run_folder import RunFolder
from workbench.training.verdicts import Verdicts

OUTLINE_POINTS = 200  # of the small curve in the run strip
NO_RUN = "No run yet: press Run to train the network."


class RunTitle(QWidget):
    """The line above the curves: which run they are of, what it came to, and the way back to the one under way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ShortLabel(bold=True)
        self.text.setAccessibleName("Run that is shown")
        self.back = QPushButton("Show the run under way")
        self.back.setToolTip(plain_tip("A training is on; these are the curves of another run"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.back)
        self.back.hide()


class DrawnRun(QObject):
    """Fills curves, confusion matrix and title with one run.

    Signals:
        changed(): curves have come in and want to be drawn.
        result_told(str, str): the run that is shown, and what it came to; both "" where there is none.
        live_shown(): the run under way is shown from now on.
        course_told(str, float, list): the run that is shown, how far it has come, and its losses in few points.
    """

    changed = pyqtSignal()
    result_told = pyqtSignal(str, str)
    live_shown = pyqtSignal()
    course_told = pyqtSignal(str, float, list)

    def __init__(
        self, session: Session, runner: Runner, runs: RunsList, curves: Curves, confusion: ConfusionMatrix
    ) -> None:
        super().__init__(curves)
        self._session, self._runner, self._runs = session, runner, runs
        self._curves, self._matrix = curves, RunMatrix(session, confusion)
        self.title = RunTitle()
        self.name = ""  # of the run that is shown
        self._told: tuple[str, str] | None = None
        self._row: dict[str, Json] = {}  # what was known of it when it was read
        self._live: RunStarted | None = None
        self._live_data = RunData()
        self._live_epoch: EpochEnded | None = None
        self._is_under_way = self._is_listed = False
        self._job = LatestJob(self)  # reads a run that is over
        self._earlier = EarlierCourse(self)
        self._earlier.read.connect(self.changed)
        self._earlier.failed.connect(self._on_read)
        self.title.back.clicked.connect(self.show_live)
        runner.state_changed.connect(self._on_state_changed)
        runs.changed.connect(self._on_runs_changed)
        runs.renamed.connect(self.rename)
        runs.left.connect(self._on_place_left)
        self.tell()

    @property
    def is_live(self) -> bool:
        """Whether the curves are those of this window's last training, as they came in."""
        return self._live is not None and self.name == self._live.run

    @property
    def is_held(self) -> bool:
        """Whether the run under way stays in view, though the list of runs may not have it yet."""
        return self.is_live and (self._is_under_way or not self._is_listed)

    def clear(self) -> None:
        """Shows nothing: another project is open."""
        self._forget()
        self._earlier.abandon()
        self._live, self._live_epoch, self._is_under_way = None, None, False
        self._show("")

    def show_run(self, name: str) -> None:
        """Shows a run by its name; what was shown before is gone at once, and its curves come from a thread."""
        if name == self.name:
            return
        if self._live is not None and name == self._live.run:
            self.show_live()
        else:
            self._show(name)

    def show_live(self) -> None:
        """Shows the run under way, or the one that was under way last."""
        if self._live is None:
            return
        self._forget()
        self.name = self._live.run
        self._curves.show_data(self._live_data)
        self._show_matrix()
        self.tell()
        self._tell_course()
        self.live_shown.emit()

    def show_counting(self, run: str, text: str) -> None:
        """Says in place of a run's matrix how far its counting is, or why it cannot be counted."""
        if run == self.name and not (self.is_live and self._is_under_way):
            self._matrix.say(text, can_count=True)

    def show_counted(self, run: str, verdicts: Verdicts) -> None:
        """Shows a run's matrix that was counted because its log has none."""
        row = None if self.is_live and self._is_under_way else self._known()
        if run == self.name and row is not None and matrix_of(row, self._epochs()) is None:
            self._matrix.show_counted(verdicts)

    def rename(self, before: str, name: str) -> None:
        """Follows the run that is shown to its new name."""
        if self._live is not None and self._live.run == before:
            self._live = replace(self._live, run=name)
        if self.name == before:
            self.name = name
            self._row = {**self._row, "run": name} if self._row else {}

    def take(self, events: list[Any]) -> None:
        """Takes in the events of the training under way, whichever run is shown."""
        for event in events:
            match event:
                case RunStarted():
                    self._begin(event)
                case StepEnded() if self._live is not None:
                    self._live_data.add_batch(event.step / self._live.steps_per_epoch, event.loss)
                case EpochEnded():
                    self._live_epoch = event
                    self._live_data.add_epoch(event.epoch, "train", event.train)
                    self._live_data.add_epoch(event.epoch, "validation", event.validation)
                    if self.is_live:
                        self._show_matrix()

    def _begin(self, event: RunStarted) -> None:
        """An empty plot, or, of a run that goes on, its curves until now, read on a thread."""
        self._live, self._live_epoch, self._is_under_way, self._is_listed = event, None, True, False
        self._live_data = RunData(event.epochs)
        self.show_live()
        if event.step:
            self._earlier.begin(self._folder(event.run), event, self._live_data)

    def _forget(self) -> None:
        """Nobody wants the run any more that is being read."""
        self._job.abandon()

    def _show(self, name: str) -> None:
        self._forget()
        self.name, self._row = name, {}
        self._curves.clear()
        self._matrix.clear()
        row = self._known()
        if row is not None:
            self._read(row)
        self.tell()
        self._tell_course()

    def _known(self) -> dict[str, Json] | None:
        return next((row for row in self._runs.runs.rows if row["run"] == self.name), None)

    def _read(self, row: dict[str, Json]) -> None:
        """Has the batches read; the epochs, which are known, are drawn at once where nothing is."""
        is_same, self._row = row.get("created") == self._row.get("created"), row
        if row["state"] == "damaged":
            self._matrix.say(f"{printable(self.name)} is damaged.")
            return
        data, run = RunData(row["epochs"]), self._folder(self.name)
        data.add_events(self._epochs())
        if not is_same:
            self._curves.show_data(data)
        self._show_matrix()

        def work() -> Iterator[Any]:
            for points in loss_curve(run):
                yield data, points

        self._job.run(work, on_events=self._on_batches, on_ended=self._on_read)

    def _on_batches(self, answers: list[tuple[RunData, list[tuple[float, float]]]]) -> None:
        for data, points in answers:
            data.add_batches(points)
            if data is not self._curves.data:
                self._curves.show_data(data, is_same_run=True)
        self._tell_course()
        self.changed.emit()

    def _on_read(self, error: str) -> None:
        if error:
            self.title.text.setText(printable(error))

    def _on_runs_changed(self) -> None:
        """The run that is shown has gone on elsewhere, or was another one: it is read anew, and shown until then."""
        row = self._known()
        self._is_listed = self._is_listed or (self.is_live and row is not None)
        if row is not None and not self.is_live and row != self._row:
            self._forget()
            self._read(row)
        elif row is not None and not self._is_under_way:
            self._show_matrix()
        self.tell()

    def _on_state_changed(self, state: str) -> None:
        self._is_under_way = self._is_under_way and state != "idle"
        self.tell()
        if state == "idle":
            self._tell_course()

    def _on_place_left(self) -> None:
        """A run of the same name at the new place is another one."""
        if not self._is_under_way:
            self._live, self._live_epoch = None, None

    def _show_matrix(self) -> None:
        """The matrix of the last epoch while the run learns; else that of its weights, as far as its log has it."""
        row = self._known()
        if self.is_live and (self._is_under_way or row is None or not row.get("epoch")):
            self._matrix.show_epoch(self._live_epoch)
        else:
            self._matrix.show_run(self.name, row, self._epochs())

    def _epochs(self) -> tuple[dict[str, Any], ...]:
        return self._runs.runs.epochs.get(self.name, ())

    def _folder(self, name: str) -> RunFolder:
        return RunFolder(runs_folder(self._session.run_path) / name)

    def tell(self) -> None:
        """Says which run is shown, and what it came to."""
        row = self._known()
        result = printable(result_text(row)) if row is not None else ""
        is_on = self._is_under_way and self._live is not None
        self.title.back.setVisible(is_on and not self.is_live)
        if is_on and self.is_live:
            text = f"{printable(self.name)} is {'paused' if self._runner.state == 'paused' else 'training now'}"
        elif is_on:
            assert self._live is not None
            text = f"{result or printable(self.name)} – not the run under way, {printable(self._live.run)}"
        else:
            text = result or printable(self.name) or NO_RUN
        self.title.text.setText(text)
        told = (self.name if result else "", result)
        if is_on:
            self._told = None if self.is_live else told  # the end of the run under way is not to be talked over
        elif told != self._told and (row is not None or not self.name):  # else the list has yet to be read
            self._told = told
            self.result_told.emit(*told)

    def tell_again(self) -> None:
        """Says once more what the run came to: whoever heard it has forgotten it."""
        self._told = None
        self.tell()
        self._tell_course()

    def _tell_course(self) -> None:
        """Reports the course of the run that is shown; the run under way reports its own, batch by batch."""
        if not self._is_under_way:
            data = self._curves.data
            self.course_told.emit(self.name, data.share_done(), data.outline(OUTLINE_POINTS))

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._earlier.shut_down()
        self._job.shut_down()

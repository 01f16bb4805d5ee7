"""The runs of the open project, read on a thread, for every table that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QWidget

from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_model import RunsListing
from workbench.project.storage import runs_folder
from workbench.training.events import EpochEnded
from workbench.training.run_rows import RunRows, Runs

LOOK_MS = 3000  # between two looks for what other processes train, while somebody sees it
EPOCH_MS = 1000  # after an epoch's end, so that many short epochs are one reading


class RunsList(QObject):
    """What is known of the runs, newest first.

    Read anew when one begins or ends, when the one under way has done an epoch, when another project is open, and every
    few seconds while a table shows them, since other processes train too.

    Signals:
        listed(): there is another listing for tables.
        changed(): there are other runs, or something of one has changed.
        weights_changed(): there are other runs than before, or one has other best weights.
        failed(str): they cannot be read, and why.
        renamed(str, str): a run's name before and now.
        left(): the runs of another place come now; those that were there are none of this project.

    Attributes:
        runs: what was read last.
        is_read: whether it is known what runs there are; not before the first reading of a place has ended.
        listing: the same for tables.
    """

    listed = pyqtSignal()

    changed = pyqtSignal()
    weights_changed = pyqtSignal()
    failed = pyqtSignal(str)
    renamed = pyqtSignal(str, str)
    left = pyqtSignal()

    def __init__(self, session: Session, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._rows = session, RunRows()
        self._job = LatestJob(self)
        self._folder = runs_folder(session.run_path)
        self.runs, self.is_read, self._is_over = Runs(), False, False
        self.listing = RunsListing()
        self._watching: set[QWidget] = set()
        self._looking, self._soon = QTimer(self), QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._soon.setInterval(EPOCH_MS)
        self._soon.setSingleShot(True)
        self._looking.timeout.connect(self.refresh)
        self._soon.timeout.connect(self.refresh)
        runner.events_arrived.connect(self._on_events)
        runner.run_started.connect(self.refresh)
        runner.run_ended.connect(self.refresh)
        runner.state_changed.connect(self._on_run_state)
        session.document_changed.connect(self._on_document_changed)
        session.title_changed.connect(self._on_title_changed)
        session.runs_moved.connect(self._on_runs_moved)
        self.refresh()

    def refresh(self) -> None:
        """Reads the runs anew, on a thread; those of another place are gone at once."""
        folder = runs_folder(self._session.run_path)
        if folder != self._folder:
            self._folder = folder
            self.left.emit()
            self._show(Runs(), RunsListing(), is_read=False)
        self._job.run_when_free(self._read)

    def watch(self, table: QWidget, *, is_seen: bool) -> None:
        """Looks for changes by others every few seconds while at least one table is seen."""
        (self._watching.add if is_seen else self._watching.discard)(table)
        if not self._watching:
            self._looking.stop()
        elif not self._is_over:
            self.refresh()
            self._looking.start()

    def _on_events(self, events: list[Any]) -> None:
        if not self._is_over and not self._soon.isActive() and any(isinstance(each, EpochEnded) for each in events):
            self._soon.start()

    def _read(self) -> None:
        folder, reader = self._folder, self._rows

        def work() -> Iterator[Any]:
            runs = reader.read(folder)
            yield folder, runs, RunsListing.of(runs.rows)

        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended)

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.refresh()

    def _on_title_changed(self) -> None:
        """Saved, renamed or changed: only another place means other runs."""
        if runs_folder(self._session.run_path) != self._folder:
            self.refresh()

    def _on_runs_moved(self, names: dict[str, str]) -> None:
        """The same runs at another place: whoever has chosen one keeps it."""
        self._folder = runs_folder(self._session.run_path)
        for before, name in names.items():
            if name != before:
                self.renamed.emit(before, name)
        self.refresh()

    def _on_run_state(self, state: str) -> None:
        if state == "idle":
            self.refresh()

    def _on_read(self, answers: list[tuple[Path, Runs, RunsListing]]) -> None:
        folder, runs, listing = answers[-1]
        if folder == self._folder:  # else another project was opened meanwhile
            self._show(runs, listing)

    def _show(self, runs: Runs, listing: RunsListing, *, is_read: bool = True) -> None:
        is_other = runs != self.runs
        if is_other or is_read != self.is_read:
            before, self.runs, self.is_read = self.runs, runs, is_read
            self.listing = listing
            self.listed.emit()
        if is_other:
            self.changed.emit()
            if _weights(runs) != _weights(before):
                self.weights_changed.emit()

    def _on_ended(self, error: str) -> None:
        if error:
            self.failed.emit(error)

    def shut_down(self) -> None:
        """Ends the reading and waits for it."""
        self._is_over = True
        self._looking.stop()
        self._soon.stop()
        self._job.shut_down()


def _weights(runs: Runs) -> list[tuple[Any, ...]]:
    """What tells the best weights of each run from others."""
    return [(row["run"], row.get("created"), row.get("best_epoch")) for row in runs.rows]

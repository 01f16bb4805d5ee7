"""Load weights… and dropped files of weights: what fits is told, and then loaded or left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from workbench.core.errors import WorkbenchError, printable
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.model.weight_kinds import SUFFIXES
from workbench.project.initial_weights import Loadable, begin_with, keep_weights, loadable
from workbench.project.storage import runs_folder
from workbench.training.run_folder import list_runs

FILTER = f"Weights ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"


class WeightsLoading(QObject):
    """Reads a file of weights, says what fits the network, and keeps it with the project.

    Signals:
        said(str): something for the status bar.
        loaded(): the project has other weights.
    """

    said = pyqtSignal(str)
    loaded = pyqtSignal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._job = LatestJob(self)
        self._file: Path | None = None

    def load_weights(self) -> None:
        """Asks for a file."""
        found, _ = QFileDialog.getOpenFileName(self._window, "Load weights", "", FILTER)
        if found:
            self.read(Path(found))

    def read(self, file: Path, *, by_order: bool = False) -> None:
        """Reads a file on a thread and then asks what is to be done with it.

        Args:
            file: with weights.
            by_order: whether weights are matched by their order and shapes, and not by their names.
        """
        self._file = file
        project = self._session.project

        def work() -> Iterator[Any]:
            yield loadable(project, file, by_order=by_order), by_order

        self.said.emit(f"Reading {printable(file.name)} …")
        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended)

    def _on_ended(self, error: str) -> None:
        if error:
            self.said.emit("")
            tell(self._window, "Nothing was loaded", error)

    def _on_read(self, answers: list[tuple[Loadable, bool]]) -> None:
        found, by_order = answers[-1]
        self.said.emit("")
        choices = {Button.Yes: "Load" if found.fit.is_exact else "Load what fits"} if found.fit.fitting else {}
        if not found.fit.is_exact and not by_order:
            choices[Button.Retry] = "Match by order and shape"
        text = "All weights fit." if found.fit.is_exact else "Not all weights fit."
        text = text if found.fit.fitting else "Nothing of it fits by its names."
        if not choices:
            tell(self._window, "Nothing of it fits", found.report())
            return
        answer = ask(self._window, text, {**choices, Button.Cancel: "Cancel"}, more=found.report())
        if answer == Button.Yes:
            self.keep(found)
        elif answer == Button.Retry and self._file is not None:
            self.read(self._file, by_order=True)

    def keep(self, found: Loadable) -> None:
        """Keeps the weights with the project, whose trainings begin with them from now on."""
        session = self._session
        try:
            keep_weights(session.run_path, found.tensors)
        except WorkbenchError as error:
            tell(self._window, "Nothing was loaded", str(error))
            return
        if session.project.training.get("pretrained") is not True:
            session.push(begin_with(session.project))
        self.loaded.emit()
        some = "" if found.fit.is_exact else f"{len(found.fit.fitting):,} of {len(found.tensors):,} "
        name = f"{some}weights of {printable(found.origin)}" if some else f"The weights of {printable(found.origin)}"
        if list_runs(runs_folder(session.run_path)):
            after = "the next training begins with them; Look and predictions go on with the newest run until then."
        else:
            after = "they are those of this network now."
        self.said.emit(f"{name} are loaded: {after}")

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()

"""Measures a code on a thread of its own, with a network of its own; the newest wanted wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.errors import UsageError
from workbench.gui.threads.latest_job import LatestJob
from workbench.inspection.network_loading import LiveWeights, build, load
from workbench.inspection.probe_loader import ProbeReader
from workbench.inspection.renderer import RenderRequest
from workbench.project.records import likeness

if TYPE_CHECKING:
    from workbench.insight.latent.study import Study

SPLIT = "test"
NO_FACTORS = (
    "Nothing can be measured: the data has no test pictures whose factors are known. Rendered heads have them, and "
    "files in which poses or lights are listed."
)


@dataclass(frozen=True)
class MeasureRequest:
    """What is to be measured.

    Attributes:
        request: project, place and run.
        live: weights of the training under way; None: those of the run.
        version: how often the weights were loaded before.
        reader: has the data already, if it is for that project.
    """

    request: RenderRequest
    live: LiveWeights | None
    version: int
    reader: ProbeReader | None

    @property
    def state(self) -> object:
        """Equal for two requests whose answers are the same."""
        project = self.request.project
        return self.request.path, project.uuid, self.request.run, self.version, likeness(project.graph), project.data


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Attributes:
        wanted: of what.
        study: the measures.
        origin: where the weights are from, for people.
    """

    wanted: MeasureRequest
    study: Study
    origin: str

    @property
    def title(self) -> str:
        """Which weights on which pictures."""
        return f"{self.origin}, {len(self.study.codes):,} {SPLIT} pictures"


def measured(wanted: MeasureRequest) -> Iterator[str | Measured]:
    """Says what it is about, and last what it has found.

    Raises:
        WorkbenchError: network or data cannot be had, do not fit, or the data has no factors.
    """
    import torch

    from workbench.data.loading import source_of
    from workbench.insight.latent.study import study
    from workbench.project.runs import check_data
    from workbench.project.storage import home_of

    torch.set_num_threads(1)
    project, path = wanted.request.project, wanted.request.path
    yield "Loading the weights …"
    loaded = load(project, path, wanted.request.run, wanted.live, *build(project.graph))
    loaded.network.set_training(False)
    yield "Loading the data …"
    folder = home_of(path)
    is_read = wanted.reader is not None and wanted.reader.is_for(project, folder)
    reader = wanted.reader if wanted.reader is not None and is_read else ProbeReader(project, folder)
    check_data(project.graph, reader.dataset)
    yield "Measuring; this takes some seconds …"
    found = study(loaded.network, loaded.graph, reader.dataset, source_of(project.data_config()).redraw, SPLIT)
    if found is None:
        raise UsageError(NO_FACTORS)
    yield Measured(wanted, found, loaded.origin if loaded.is_trained else "first random weights")


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

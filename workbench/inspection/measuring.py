"""Measures of a code, for whoever has a network, its data and time: what is wanted, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError
from workbench.inspection.network_loading import LiveWeights, build, load
from workbench.inspection.probe_loader import ProbeReader
from workbench.inspection.render_request import RenderRequest
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

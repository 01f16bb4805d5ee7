"""A project's trained network written for other programs: for command line and window alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import UsageError, printable
from workbench.core.values import Json
from workbench.data.loading import source_of
from workbench.inspection.trained import Trained, trained_network, untrained_network
from workbench.model.exports.spec import Painter, chosen_options, exporter_for
from workbench.project.document import Project
from workbench.project.kept_options import kept_with
from workbench.project.runs import UntrainedError


@dataclass(frozen=True)
class Exported:
    """What an export came to.

    Attributes:
        files: what was written, the file that was asked for first.
        trained: whose weights are in it; None where it has none.
    """

    files: tuple[Path, ...]
    trained: Trained | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of the weights, in sentences."""
        return self.trained.notes if self.trained is not None else ()

    def text(self, *, with_folders: bool) -> str:
        """What was written with which weights, in a sentence; the notes about the weights are not in it."""
        names = " and ".join(printable(each if with_folders else each.name) for each in self.files)
        if self.trained is None:
            return f"{names} written."
        origin = self.trained.origin
        return f"{names} written, with {f'the weights of {printable(origin)}' if origin else 'first random weights'}."


def export(
    project: Project,
    file: Path,
    to: str,
    out: Path,
    *,
    run: str = "",
    weights: Path | None = None,
    options: Mapping[str, str] | None = None,
    paint: Painter | None = None,
) -> Exported:
    """Writes the network of a project; one that was never trained with the first random weights.

    Args:
        project: as it is now.
        file: its file, beside which its runs are.
        to: name of the exporter.
        out: the file to write.
        run: whose weights; "" takes the newest that has any.
        weights: a file with weights to take in place of a run's.
        options: what was chosen of the exporter's options.
        paint: draws pictures.

    Raises:
        UsageError: there is no such exporter, option or run, or the file's name does not end as it should.
        WorkbenchError: the network has problems, or the weights are lost or of another network.
        WriteError: a file cannot be written.
    """
    cls = exporter_for(to, out)
    chosen: dict[str, Any] = {**chosen_options(cls, options or {}), **({"paint": paint} if cls.is_picture else {})}
    if not cls.has_weights:
        return Exported(tuple(cls.write(None, project.graph, out, **chosen)), None)
    try:
        trained = trained_network(project, file, run, weights)
    except UntrainedError:
        if run:
            raise
        trained = untrained_network(project)
    chosen |= {"data": data_told(trained, file)} if cls.tells_data else {}
    return Exported(tuple(cls.write(trained.network, trained.project.graph, out, **chosen)), trained)


def data_told(trained: Trained, file: Path) -> dict[str, Json]:
    """Returns how samples are made of files: the data source and its options, all but the path, also what a run keeps.

    Args:
        trained: the network with the project whose data it learnt.
        file: of the project.
    """
    config = trained.project.data_config()
    try:
        options = source_of(config).model_dump(mode="json", exclude={"path"})
    except UsageError:
        return {}  # wrong settings, which are no business of an export
    return {"source": config.source, "options": {**options, **kept_with(file, trained.origin)}}

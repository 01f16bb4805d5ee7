"""A project's trained network written for other programs: for command line and window alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import printable
from workbench.inspection.trained import Trained, trained_network, untrained_network
from workbench.model.exports.spec import exporter_for
from workbench.project.document import Project
from workbench.project.runs import UntrainedError


@dataclass(frozen=True)
class Exported:
    """What an export came to.

    Attributes:
        files: what was written, the file that was asked for first.
        trained: whose weights are in it.
    """

    files: tuple[Path, ...]
    trained: Trained

    def text(self, *, with_folders: bool) -> str:
        """What was written with which weights, in a sentence; the notes about the weights are not in it."""
        names = " and ".join(printable(each if with_folders else each.name) for each in self.files)
        origin = self.trained.origin
        return f"{names} written, with {f'the weights of {printable(origin)}' if origin else 'first random weights'}."


def export(project: Project, file: Path, to: str, out: Path, *, run: str = "", weights: Path | None = None) -> Exported:
    """Writes the network of a project; one that was never trained with the first random weights.

    Args:
        project: as it is now.
        file: its file, beside which its runs are.
        to: name of the exporter.
        out: the file to write.
        run: whose weights; "" takes the newest that has any.
        weights: a file with weights to take in place of a run's.

    Raises:
        UsageError: there is no such exporter or no such run, or the file's name does not end as it should.
        WorkbenchError: the network has problems, or the weights are lost or of another network.
        WriteError: a file cannot be written.
    """
    cls = exporter_for(to, out)
    try:
        trained = trained_network(project, file, run, weights)
    except UntrainedError:
        if run:
            raise
        trained = untrained_network(project)
    return Exported(tuple(cls.write(trained.network, trained.project.graph, out)), trained)

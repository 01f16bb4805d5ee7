"""`import`: a network of another program as a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli import say
from workbench.cli.new import check_place
from workbench.model.imports.spec import importer_for
from workbench.model.problems import find_problems
from workbench.model.translation.imported import Imported
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.importing import project_of
from workbench.project.initial_weights import keep_weights

if TYPE_CHECKING:
    from torch import Tensor

MOST_TOLD = 12


def run(what: str, out: Path, weights: Path | None, *, report: bool, force: bool) -> int:
    """Writes the project.

    Raises:
        WorkbenchError: nothing that can be imported, weights that do not fit, or a file in the way.
    """
    check_place(out, force=force)
    importer, which = importer_for(what)
    imported = importer.read(which)
    project = project_of(imported)
    problems = find_problems(project.graph)
    tensors = _fitting(project, imported, weights)
    if tensors:
        project = replace(project, training={**project.training, "pretrained": True})
    storage.save(project, out)
    if tensors:
        keep_weights(out, tensors)
    for note in imported.notes:
        say(f"Note: {note}")
    for unread in imported.unread if report else imported.unread[:MOST_TOLD]:
        say(f"Not understood: {unread.node} ({unread.kind}): {unread.reason}.")
    if not report and len(imported.unread) > MOST_TOLD:
        say(f"... and {len(imported.unread) - MOST_TOLD} more; --report names them all.")
    if not imported.unread:
        for problem in problems[:MOST_TOLD]:
            say(f"Problem: {problem.message}")
    with_weights = f" with {len(tensors)} weights" if tensors else ", without weights"
    say(f"{out} has {len(project.graph.nodes)} nodes, read from {imported.origin}{with_weights}.")
    return 0


def _fitting(project: Project, imported: Imported, weights: Path | None) -> Mapping[str, Tensor]:
    """The weights that the project gets: those of a file, or those that came with the network.

    Raises:
        WorkbenchError: those of the file are damaged, or of another network.
    """
    if weights is None and not imported.weights:
        return {}
    from workbench.model.network import Network
    from workbench.model.weights import load_into, read_weights

    network = Network(project.graph)
    load_into(network.modules, imported.weights if weights is None else read_weights(weights))
    return network.modules.state_dict()

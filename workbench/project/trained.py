"""A trained network for whoever uses one: from a run, from the project, or from a file that the user names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError, WorkbenchError
from workbench.core.files import is_folder
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.records import is_edited, project_of
from workbench.project.runs import trained_weights
from workbench.training.run_folder import RunFolder

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@dataclass(frozen=True)
class Trained:
    """A network with its weights.

    Attributes:
        network: ready to predict.
        origin: where the weights are from: a run, or a file.
        project: whose graph and data settings belong to them: the one that was asked for, or, where its network was
            edited since so that the weights of the run fit no longer, as the run remembers it.
    """

    network: Network
    origin: str
    project: Project


def trained_network(
    project: Project, file: Path, run: str, weights: Path | None, note: Callable[[str], None]
) -> Trained:
    """Returns the network with its weights, ready to predict.

    Args:
        project: as it is now.
        file: of the project, or where its untitled runs are.
        run: whose weights; "" is the newest that has any.
        weights: a file of weights, in place of a run.
        note: called with each sentence that a person should know.

    Raises:
        WorkbenchError: there are no weights, or they are of another network.
    """
    if weights is not None:
        if run:
            raise UsageError("Weights come either from a run or from a file: give --run or --weights, not both.")
        from workbench.model.weights import read_weights

        return Trained(_loaded(project, read_weights(weights)), str(weights), project)
    tensors, origin, notes = trained_weights(project, file, run)
    for each in notes:
        note(each)
    try:
        network = _loaded(project, tensors)
    except WorkbenchError:
        remembered = RunFolder(storage.runs_folder(file) / origin)
        if not is_folder(remembered.path):
            raise  # the weights that came with the project
        own = replace(project_of(remembered), uuid=project.uuid, probes=project.probes)
        network = _loaded(own, trained_weights(own, file, origin).tensors)
        note(f"the network was edited since {origin} was trained. This is about the network that it trained.")
        return Trained(network, origin, own)
    if edited := _edited(RunFolder(storage.runs_folder(file) / origin), project):
        note(edited)
    return Trained(network, origin, project)


def _edited(run: RunFolder, project: Project) -> str:
    """A sentence where a run's weights fit a network that computes something else by now; else ""."""
    if not is_folder(run.path) or not is_edited(run, project.graph):
        return ""
    return (
        f"the network was edited since {run.name} was trained. This is about the network as it is drawn now, "
        f"with the weights of {run.name}; `restore` gives the other back."
    )


def _loaded(project: Project, tensors: Mapping[str, Tensor]) -> Network:
    from workbench.model.network import Network
    from workbench.model.weights import load_into

    network = Network(project.graph)
    load_into(network.modules, tensors)
    network.set_training(False)
    return network

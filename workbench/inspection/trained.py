"""A trained network for whoever uses one: from a run, from the project, or from a file that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError, WorkbenchError
from workbench.core.files import is_folder
from workbench.project import storage
from workbench.project.document import Project, checked
from workbench.project.kept_options import as_trained
from workbench.project.records import is_edited, project_of
from workbench.project.runs import trained_weights
from workbench.training.config import TrainingConfig
from workbench.training.run_folder import RunFolder

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@dataclass(frozen=True)
class Trained:
    """A network with its weights.

    Attributes:
        network: ready to predict.
        origin: where the weights are from: a run, or a file; "" where they are the first random ones.
        project: whose graph and data settings belong to them: the one that was asked for, or, where its network was
            edited since so that the weights of the run fit no longer, as the run remembers it.
        notes: sentences about what had to be passed over, or is not as one might think.
    """

    network: Network
    origin: str
    project: Project
    notes: tuple[str, ...] = ()


def trained_network(project: Project, file: Path, run: str = "", weights: Path | None = None) -> Trained:
    """Returns the network with its weights, ready to predict.

    Args:
        project: as it is now.
        file: its file, beside which its runs are.
        run: whose weights; "" takes the newest.
        weights: a file with weights to take in place of a run's.

    Raises:
        WorkbenchError: there are no weights, or they are of another network.
    """
    if weights is not None:
        if run:
            raise UsageError("Weights come either from a run or from a file: give --run or --weights, not both.")
        from workbench.model.weights import read_weights

        return Trained(_loaded(project, read_weights(weights)), str(weights), project)
    tensors, origin, notes = trained_weights(project, file, run)
    remembered = RunFolder(storage.runs_folder(file) / origin)
    has_run = is_folder(remembered.path)
    try:
        network = _loaded(project, tensors)
    except WorkbenchError:
        if not has_run:
            raise  # the weights that came with the project
        own = replace(project_of(remembered), uuid=project.uuid, probes=project.probes)
        own, more = as_trained(own, remembered, storage.home_of(file))
        network = _loaded(own, trained_weights(own, file, origin).tensors)
        told = f"The network was edited since {origin} was trained. This is about the network that it trained."
        return Trained(network, origin, own, (*notes, *more, told))
    project, more = as_trained(project, remembered, storage.home_of(file))
    notes = (*notes, *more)
    if has_run and is_edited(remembered, project.graph):
        told = (
            f"The network was edited since {origin} was trained. This is about the network as it is drawn now, "
            f"with the weights of {origin}; `restore` gives the other back."
        )
        notes = (*notes, told)
    return Trained(network, origin, project, tuple(notes))


def untrained_network(project: Project) -> Trained:
    """Returns the network with the first random weights that a training would begin with.

    Raises:
        WorkbenchError: the network has problems.
    """
    from workbench.model.network import Network

    network = Network(project.graph, seed=checked(TrainingConfig, project.training, "training").seed)
    network.set_training(False)
    return Trained(network, "", project, ("The network is not trained yet.",))


def _loaded(project: Project, tensors: Mapping[str, Tensor]) -> Network:
    from workbench.model.network import Network
    from workbench.model.weights import load_into

    network = Network(project.graph)
    load_into(network.modules, tensors)
    network.set_training(False)
    return network

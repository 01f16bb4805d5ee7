"""A trained network for commands that use one: from a run, from the project, or from a file that the user names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli import say
from workbench.core.errors import UsageError
from workbench.project.document import Project
from workbench.project.probes import Probe, parse_probe, sample_or_file
from workbench.project.runs import trained_weights

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


def named_probe(text: str) -> Probe:
    """Returns the sample or picture that a word on the command line names, and says so where it could be either."""
    if note := sample_or_file(text):
        say(f"Note: {note}")
    return parse_probe(text)


def weights_for(project: Project, file: Path, run: str, weights: Path | None) -> tuple[dict[str, Tensor], str]:
    """Weights by key, and where they are from.

    Raises:
        WorkbenchError: there are none, or the file cannot be read.
    """
    if weights is None:
        return trained_weights(project, file, run)
    if run:
        raise UsageError("Weights come either from a run or from a file: give --run or --weights, not both.")
    from workbench.model.weights import read_weights

    return read_weights(weights), str(weights)


def trained_network(project: Project, file: Path, run: str, weights: Path | None) -> tuple[Network, str]:
    """The network with its weights, ready to predict, and where they are from.

    Raises:
        WorkbenchError: there are no weights, or they are of another network.
    """
    from workbench.model.network import Network
    from workbench.model.weights import load_into

    tensors, origin = weights_for(project, file, run, weights)
    network = Network(project.graph)
    load_into(network.modules, tensors)
    network.set_training(False)
    return network, origin

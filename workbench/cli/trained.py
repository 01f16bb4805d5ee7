"""What commands that use a trained network share: its weights are chosen, and what is to be known of them is said."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.inspection import trained
from workbench.inspection.trained import Trained
from workbench.project.document import Project
from workbench.project.probes import Probe, parse_probe, sample_or_file


def named_probe(text: str) -> Probe:
    """Returns the sample or picture that a word on the command line names, and says so where it could be either."""
    if note := sample_or_file(text):
        say(f"Note: {note}")
    return parse_probe(text)


def trained_network(project: Project, file: Path, run: str, weights: Path | None) -> Trained:
    """Returns the network with its weights, ready to predict, and says what is to be known of them.

    Raises:
        WorkbenchError: there are no weights, or they are of another network.
    """
    found = trained.trained_network(project, file, run, weights)
    for note in found.notes:
        say(f"Note: {note}")
    return found

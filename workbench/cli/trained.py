"""A trained network for commands that use one, with its notes said, and the probes that a command line names."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.project import trained
from workbench.project.document import Project
from workbench.project.probes import Probe, parse_probe, sample_or_file
from workbench.project.trained import Trained


def named_probe(text: str) -> Probe:
    """Returns the sample or picture that a word on the command line names, and says so where it could be either."""
    if note := sample_or_file(text):
        say(f"Note: {note}")
    return parse_probe(text)


def trained_network(project: Project, file: Path, run: str, weights: Path | None) -> Trained:
    """Returns the network with its weights, ready to predict; what a person should know about it is said.

    Raises:
        WorkbenchError: there are no weights, or they are of another network.
    """
    return trained.trained_network(project, file, run, weights, lambda text: say(f"Note: {text}"))

"""What `training.monitor` names: what it may be, what is wrong with it, and how it follows a loss node's new name."""

from __future__ import annotations

from difflib import get_close_matches

from workbench.core.errors import UsageError, printable
from workbench.model.mending import Fix
from workbench.model.plan import terms_of
from workbench.model.problems import Problem
from workbench.model.shapes import Shapes, infer
from workbench.project.document import Project, setting
from workbench.training.config import TrainingConfig
from workbench.training.metric_names import AUTO, LOSS
from workbench.training.reported import choices

PATH = ("monitor",)


def monitor_choices(project: Project, shapes: Shapes | None = None) -> list[str]:
    """Returns what the best epoch of a project's training may be chosen by.

    Args:
        project: the document.
        shapes: those of its network, if they are known already.
    """
    try:
        config = project.training_config()
    except UsageError:
        config = TrainingConfig()  # what is wrong is told by whoever checks the settings
    return choices(project.graph, config, shapes)


def monitor_problems(project: Project) -> list[Problem]:
    """The problem of a best epoch that is to be chosen by what this network does not report; none if all is well."""
    try:
        monitor = project.training_config().monitor
    except UsageError:
        return []  # told by whoever checks the settings
    if monitor in (AUTO, LOSS):
        return []  # which every network has
    shapes = infer(project.graph)
    known = choices(project.graph, project.training_config(), shapes)
    if monitor in known or shapes.faults or not terms_of(project.graph, shapes):
        return []
    message = (
        f'training.monitor is "{printable(monitor)}", which this network does not report. There are: '
        f"{', '.join(known)}."
    )
    alike = get_close_matches(monitor, known, 1)
    fixes = [
        Fix(f"Set training.monitor to {each}", setting(project, "training", PATH, each))
        for each in dict.fromkeys([*alike, AUTO])
    ]
    return [Problem("", "", message, monitor, ", ".join(known), tuple(fixes))]

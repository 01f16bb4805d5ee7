"""`load`: weights of elsewhere into the network of a project."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError, printable
from workbench.project import storage
from workbench.project.initial_weights import begin_with, keep_weights, loadable


def run(file: Path, weights: Path, *, partly: bool, by_order: bool) -> int:
    """Keeps the weights beside the project and has trainings begin with them.

    Raises:
        WorkbenchError: the file is damaged, or its weights do not fit and what fits was not asked for.
    """
    project = storage.load(file)
    found = loadable(project, weights, by_order=by_order)
    if not found.fit.fitting:
        raise UsageError(f"Nothing of it fits, so nothing was loaded. {found.report()}{_other_way(by_order)}")
    if not found.fit.is_exact and not partly:
        raise UsageError(f"Nothing was loaded. {found.report()} Take what fits: --partly.{_other_way(by_order)}")
    keep_weights(file, found.tensors)
    storage.save(project.apply(begin_with(project)), file)
    say(found.report())
    say(f"Trainings of {printable(file.name)} begin with these weights now.")
    return 0


def _other_way(by_order: bool) -> str:
    return "" if by_order else " Match them by order and shape instead of names: --by-order."

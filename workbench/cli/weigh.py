"""`weigh`: lets rare classes count as much as frequent ones, or all alike again."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError
from workbench.project import storage
from workbench.project.class_weighing import unweighed, weighed, weights_told


def run(file: Path, *, alike: bool) -> int:
    """Changes the project.

    Raises:
        WorkbenchError: the data cannot be read, or the network tells no classes apart.
    """
    from workbench.data.loading import load

    project, dataset = storage.load(file), None
    if alike:
        edit = unweighed(project.graph)
        if edit is None:
            say("All classes count alike already.")
            return 0
    else:
        dataset = load(project.data_config(), storage.home_of(file))
        for note in dataset.notes:
            say(f"Note: {note}")
        edit = weighed(project.graph, dataset)
        if edit is None:
            raise UsageError("No loss of this network compares classes of its data, so there is nothing to weigh.")
    project = project.apply(edit)
    storage.save(project, file)
    for line in ["All classes count alike now."] if alike else weights_told(project.graph, dataset):
        say(line)
    return 0

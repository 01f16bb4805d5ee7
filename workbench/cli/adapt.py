"""`adapt`: a network with weights, fitted to other data and ready to be fine-tuned."""

from __future__ import annotations

from pathlib import Path

from workbench.cli import say
from workbench.core.errors import WorkbenchError
from workbench.core.files import exists
from workbench.data.choice import parse_choice
from workbench.project import storage
from workbench.project.adapting import adapt
from workbench.project.data_choice import choose_data
from workbench.project.initial_weights import weights_file


def run(file: Path, data: str, *, head_first: bool) -> int:
    """Changes the project.

    Raises:
        WorkbenchError: the data cannot be read, or the network cannot be fitted to it.
    """
    from workbench.data.loading import load
    from workbench.model.problems import find_problems

    project = storage.load(file)
    if data:
        source, options = parse_choice(data)
        if "path" in options:
            options["path"] = str(Path(str(options["path"])).absolute())
        project = project.apply(choose_data(project, source, options, file))
    dataset = load(project.data_config(), storage.home_of(file))
    adapted = adapt(project, dataset, keeps_weights=exists(weights_file(file)), head_first=head_first)
    problems = find_problems(adapted.project.graph)
    if problems:
        raise WorkbenchError(f"The network cannot be fitted to this data: {problems[0].message}")
    storage.save(adapted.project, file)
    for note in (*dataset.notes, *adapted.done):
        say(note)
    say(f"Train it: cnn-workbench train {file}")
    return 0

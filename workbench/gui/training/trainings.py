"""What the window's thread does for a training: the loop itself, or processes that are started and listened to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workbench.core.files import resolved
from workbench.gui.document.session import Session
from workbench.training.control import Control
from workbench.training.distributed.launched import launched

Work = Callable[[Control], Iterator[Any]]


def new_training(session: Session, processes: int) -> Work:
    """Returns what trains the open project; in several processes, which read its file, it has to be saved."""
    project, path, folder = session.project, session.run_path, session.folder
    if processes > 1 and session.path is not None:
        words = ["train", str(resolved(session.path)), "--json"]
        return lambda control: launched(words, processes, control)

    def work(control: Control) -> Iterator[Any]:
        from workbench.project.runs import new_job
        from workbench.training.engine import train

        return train(new_job(project, path, data_folder=folder), control)

    return work


def resumed_training(session: Session, run: str, *, from_start: bool) -> Work:
    """Returns what goes on with a run, in as many processes as it was begun with, as the command line does.

    Args:
        session: the open project.
        run: its name.
        from_start: whether to begin anew where none of its checkpoints is whole.
    """
    project, path, folder, file = session.project, session.run_path, session.folder, session.path

    def work(control: Control) -> Iterator[Any]:
        from workbench.project.runs import find_run, processes_of, resume_job
        from workbench.training.engine import train

        processes = processes_of(find_run(path, run)) if file is not None else 1
        if file is not None and processes > 1:
            words = ["train", str(resolved(file)), "--resume", "--run", run, "--json"]
            return launched([*words, *(["--from-start"] if from_start else [])], processes, control)
        return train(resume_job(path, run, {}, data_folder=folder, from_start=from_start, project=project), control)

    return work

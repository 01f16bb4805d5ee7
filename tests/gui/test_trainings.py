"""A run is gone on with in as many processes as it was begun with, from the window as from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from workbench.gui.document.session import Session
from workbench.gui.training import trainings
from workbench.project.runs import new_job
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.events import RunEnded


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int]]:
    """The words and numbers of processes that would have been started."""
    found: list[tuple[list[str], int]] = []

    def launched(words: list[str], processes: int, control: Control) -> Iterator[Any]:
        found.append((words, processes))
        return iter(())

    monkeypatch.setattr(trainings, "launched", launched)
    return found


def begun(session: Session, processes: int) -> None:
    """Leaves a run that was begun in so many processes, and whose training was killed."""
    project = replace(session.project, training={**session.project.training, "processes": processes})
    training = train(new_job(project, session.run_path, processes=processes))
    list(islice(training, 3))
    training.close()


@pytest.mark.parametrize(("processes", "from_start"), [(2, False), (3, True)])
def test_a_run_of_several_processes_is_resumed_in_as_many(
    session: Session, started: list[tuple[list[str], int]], processes: int, from_start: bool
) -> None:
    begun(session, processes)
    list(trainings.resumed_training(session, "run-001", from_start=from_start)(Control()))
    ((words, count),) = started
    assert count == processes
    assert words[0] == "train"
    assert words[1].endswith("small.cnn")
    assert words[2:] == ["--resume", "--run", "run-001", "--json", *(["--from-start"] if from_start else [])]


def test_a_run_of_one_process_goes_on_here(session: Session, started: list[tuple[list[str], int]]) -> None:
    begun(session, 1)
    events = list(trainings.resumed_training(session, "run-001", from_start=False)(Control()))
    assert isinstance(events[-1], RunEnded)
    assert started == []

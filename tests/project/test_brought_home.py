"""Trainings that a crash has kept from their project are found by whoever asks for its runs first."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main
from workbench.core.errors import WorkbenchError
from workbench.gui.app.start import session_on
from workbench.project import storage
from workbench.project.recovery import OpenFolder, left_behind, state_folder
from workbench.training.run_folder import list_runs


@pytest.fixture
def crashed(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose training began before its first save; its window was killed before the run was moved."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = OpenFolder(state_folder())
    shutil.move(storage.runs_folder(trained), storage.runs_folder(folder.untitled))
    folder.set_origin(trained)
    folder.leave()
    return trained


def answer(*words: object) -> Any:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(lambda path: 0, arguments=[str(word) for word in words]) == 0
    return json.loads(out.getvalue())


@pytest.mark.parametrize("again", [False, True])
def test_runs_lists_them(crashed: Path, again: bool) -> None:
    for _ in range(1 + again):
        rows = answer("runs", crashed, "--json")["runs"]
        assert [(row["run"], row["state"]) for row in rows] == [("run-001", "finished")]


def test_the_state_counts_them(crashed: Path) -> None:
    assert answer("debug", "state", crashed)["runs"] == 1


def test_a_window_that_opens_with_the_project_has_them_before_its_tables_are_filled(crashed: Path) -> None:
    assert session_on(storage.load(crashed), crashed, state_folder()) is not None
    assert [run.name for run in list_runs(storage.runs_folder(crashed))] == ["run-001"]


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.ESTALE])
def test_trainings_that_cannot_be_looked_at_are_not_called_moved(
    crashed: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Else what comes after the moving, which deletes the emptied folder, would take them along."""
    (folder,) = (state_folder() / "open").iterdir()
    taken, asks, lists = OpenFolder(state_folder(), folder), os.stat, os.scandir
    is_meant = re.compile(r"untitled\.runs$").search

    def refused(real: Any) -> Any:
        def ask(path: Any, *more: Any, **named: Any) -> Any:
            if is_meant(os.fsdecode(path)):
                raise OSError(number, os.strerror(number))
            return real(path, *more, **named)

        return ask

    monkeypatch.setattr(os, "stat", refused(asks))
    monkeypatch.setattr(os, "scandir", refused(lists))
    with pytest.raises(WorkbenchError, match=os.strerror(number)):
        taken.move_runs(crashed)
    assert taken.has_runs
    taken.leave()
    monkeypatch.undo()


def test_nothing_is_offered_that_is_at_home(crashed: Path) -> None:
    answer("runs", crashed, "--json")
    assert left_behind(state_folder()) == []

"""Trainings that a crash has kept from their project are found by whoever asks for its runs first."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main
from workbench.gui.app import session_on
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


def test_nothing_is_offered_that_is_at_home(crashed: Path) -> None:
    answer("runs", crashed, "--json")
    assert left_behind(state_folder()) == []

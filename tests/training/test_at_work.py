"""A run without an end is being trained or was killed: its lock tells, else how fresh its log is."""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import pytest

from tests.training.factories import job, row
from workbench.core.errors import RunError
from workbench.core.lock import FileLock
from workbench.training import following
from workbench.training.at_work import QUIET_SECONDS, is_at_work, unfinished
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.events import RunStarted, Warned
from workbench.training.following import followed
from workbench.training.history import describe
from workbench.training.run_folder import RunFolder
from workbench.training.run_rows import RunRows


def begun(folder: Path, *events: dict[str, object]) -> RunFolder:
    """A run whose training is not there any more, with what it had logged."""
    run, lock = RunFolder(folder).claim({"training": {"epochs": 3}, "data": {}})
    lock.release()
    rows = events or (row("RunStarted", epochs=3, steps_per_epoch=4), row("StepEnded", step=1))
    run.log.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return run


@pytest.mark.parametrize("name", ["run-001", "mine"])
def test_a_run_is_running_while_its_lock_is_held(tmp_path: Path, name: str) -> None:
    run = begun(tmp_path / name)
    rows = RunRows()
    assert [each["state"] for each in rows.read(tmp_path).rows] == ["unfinished"]
    with run.lock():
        assert describe(run)["state"] == "running"
        assert [each["state"] for each in rows.read(tmp_path).rows] == ["running"]  # though no file has changed
        assert unfinished(tmp_path) == ""
    assert [each["state"] for each in rows.read(tmp_path).rows] == ["unfinished"]
    assert unfinished(tmp_path) == name


def test_runs_that_have_ended_are_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path / "a", row("RunStarted"), row("RunEnded"))
    begun(tmp_path / "b")
    rows = RunRows()
    rows.read(tmp_path)
    asked: list[str] = []
    monkeypatch.setattr("workbench.training.history.is_at_work", lambda run: asked.append(run.name))
    rows.read(tmp_path)
    assert asked == ["b"]


@pytest.mark.parametrize(("age", "is_on"), [(1.0, True), (QUIET_SECONDS + 30, False)])
def test_on_another_machine_a_fresh_log_is_one_that_grows(tmp_path: Path, age: float, is_on: bool) -> None:
    run = begun(tmp_path / "run-001")
    (run.path / "lock").write_text("pid 1 on elsewhere.example\n")
    then = run.log.stat().st_mtime - age
    os.utime(run.log, (then, then))
    assert is_at_work(run) == is_on


def test_a_followed_run_whose_process_is_gone_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = train(job(tmp_path / "run-001"))
    list(islice(training, 5))
    seen = []
    monkeypatch.setattr(following, "WAIT_SECONDS", 0.0)

    def watch() -> None:
        for event in followed(RunFolder(tmp_path / "run-001"), Control()):
            seen.append(event)
            training.close()  # as a kill does it: the log gets no end, and the lock is free

    with pytest.raises(RunError, match="The training of run-001 has ended without a word"):
        watch()
    assert isinstance(seen[0], RunStarted)


@pytest.mark.parametrize("words", ["The disk is full.", "Rank 1 does not answer any more."])
def test_the_last_that_a_training_said_is_told(tmp_path: Path, words: str) -> None:
    run = begun(tmp_path / "run-001", row("RunStarted"), row("StepEnded"), row("Warned", message=words))
    with pytest.raises(RunError, match=f"without a word.*The last it said: {words} Resume goes on"):
        list(followed(run, Control()))


def test_a_training_that_ended_before_its_log_began_is_a_sentence(tmp_path: Path) -> None:
    run = begun(tmp_path / "run-001")
    run.log.unlink()
    with pytest.raises(RunError, match="run-001 has ended without a word"):
        list(followed(run, Control()))


def test_an_end_that_comes_between_two_questions_is_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(tmp_path / "run-001")
    held = FileLock(run.path / "lock", "run-001")
    monkeypatch.setattr(following, "WAIT_SECONDS", 0.0)
    own = following._Watch.ask

    def ask(watch: following._Watch) -> None:
        own(watch)
        if run.log.read_bytes().count(b"\n") == 2:
            with run.log.open("a") as file:
                file.write(json.dumps(row("RunEnded")) + "\n")
            held.release()

    monkeypatch.setattr(following._Watch, "ask", ask)
    assert [type(event).__name__ for event in followed(run, Control())] == ["RunStarted", "RunEnded"]


@pytest.mark.parametrize("machine", ["elsewhere.example", "node 12"])
def test_silence_on_another_machine_is_said_carefully_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    run = begun(tmp_path / "run-001")
    (run.path / "lock").write_text(f"pid 1 on {machine}\n")
    monkeypatch.setattr(following, "QUIET_SECONDS", 0.0)
    control, looks = Control(), iter(range(9))
    monkeypatch.setattr(control, "wait_for_cancel", lambda _: control.cancel() if next(looks) == 5 else None)
    seen = list(followed(run, control))
    (said,) = [event for event in seen if isinstance(event, Warned)]
    assert "Nothing new from run-001" in said.message
    assert "nobody here knows" in said.message

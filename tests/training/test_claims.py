"""Trainings that start together, and folders that bring along links, pipes and files of other people."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.training import factories
from workbench.core.append_log import AppendLog
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.files import WriteError, write_own_file
from workbench.core.lock import FileLock, LockedError
from workbench.training import engine
from workbench.training.events import RunEnded
from workbench.training.run_folder import RunFolder, check_name, list_runs, next_name

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")


def at_once(count: int, act: Any) -> list[Any]:
    """What so many threads that start together come to; an error is an answer too."""
    barrier, answers = threading.Barrier(count), [None] * count

    def work(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = act(number)
        except Exception as error:
            answers[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_that_start_together_each_has_a_folder_of_its_own(tmp_path: Path) -> None:
    def claim(number: int) -> tuple[RunFolder, FileLock]:
        return RunFolder(tmp_path / "p.runs" / next_name(tmp_path / "p.runs")).claim({"seed": number}, is_numbered=True)

    for _ in range(20):
        found = at_once(8, claim)
        assert len({run.path for run, _ in found}) == 8
        for number, (run, lock) in enumerate(found):
            assert run.record()["seed"] == number
            lock.release()
    assert len(list_runs(tmp_path / "p.runs")) == 160


def test_of_many_that_want_one_name_one_has_it_and_the_others_are_told(tmp_path: Path) -> None:
    for number in range(20):
        run = RunFolder(tmp_path / f"mine{number}")
        found = at_once(6, lambda seed, run=run: run.claim({"seed": seed}))
        won = [each for each in found if isinstance(each, tuple)]
        assert len(won) == 1
        assert run.record()["seed"] == found.index(won[0])
        told = {str(each) for each in found if isinstance(each, Exception)}
        assert told == {f"There is a run mine{number} already. Choose another name, or go on with it by --resume."}
        won[0][1].release()


def test_a_training_whose_number_was_taken_meanwhile_takes_the_next(tmp_path: Path) -> None:
    job = replace(factories.job(tmp_path / "run-001", epochs=1), is_numbered=True)
    running = engine.train(job)
    list(engine.train(factories.job(tmp_path / "run-001", epochs=1)))
    before = (tmp_path / "run-001" / "events.jsonl").read_bytes()
    events = list(running)
    assert isinstance(events[-1], RunEnded)
    assert events[-1].run == "run-002"
    assert (tmp_path / "run-001" / "events.jsonl").read_bytes() == before
    assert list((tmp_path / "run-002" / "checkpoints").glob("step-*.json"))


def test_a_claim_that_a_kill_has_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "run-001").mkdir()
    (tmp_path / "mine").mkdir()
    assert next_name(tmp_path) == "run-002"
    assert RunFolder(tmp_path / "run-001").claim({}, is_numbered=True)[0].name == "run-002"
    assert RunFolder(tmp_path / "mine").claim({})[0].name == "mine"


def test_a_claim_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise WriteError("full")

    monkeypatch.setattr("workbench.training.run_folder.write_own_file", full)
    with pytest.raises(WriteError, match="full"):
        RunFolder(tmp_path / "run").claim({})
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("content", ["precious\n" * 9, "", "pid of nobody"])
@pytest.mark.parametrize("is_hard", [False, True])
def test_no_file_of_the_user_is_written_through_a_lock(tmp_path: Path, content: str, is_hard: bool) -> None:
    precious, lock = tmp_path / "precious", tmp_path / "lock"
    precious.write_text(content)
    os.link(precious, lock) if is_hard else lock.symlink_to(precious)
    if is_hard and not content.startswith("precious"):
        return  # content that only a lock has is a lock
    with pytest.raises(WriteError, match=r"is a link to another file|holds something else"):
        FileLock(lock, "x")
    assert precious.read_text() == content


@posix
def test_no_file_of_the_user_is_written_through_a_log(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious\n" * 9)
    (tmp_path / "log").symlink_to(precious)
    (tmp_path / "dangling").symlink_to(tmp_path / "new")
    (tmp_path / "pipe").parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / "pipe")
    for name in ("log", "dangling", "pipe"):
        with pytest.raises(WriteError, match=f"{name} is (a link|no plain file)"):
            AppendLog(tmp_path / name, length=3)
    assert precious.read_text() == "precious\n" * 9
    assert not (tmp_path / "new").exists()


@posix
def test_a_log_that_a_backup_shares_is_copied_before_it_grows(tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"a\nb\n")
    os.link(tmp_path / "backup", tmp_path / "log")
    with AppendLog(tmp_path / "log", length=2) as log:
        log.append(b"c")
    assert (tmp_path / "log").read_bytes() == b"a\nc\n"
    assert (tmp_path / "backup").read_bytes() == b"a\nb\n"


@posix
def test_an_own_file_takes_the_place_of_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    for name, target in (("curves.png", "precious"), ("dangling", "new"), ("circle", "circle")):
        (tmp_path / name).symlink_to(tmp_path / target)
        write_own_file(tmp_path / name, [b"x"])
        assert not (tmp_path / name).is_symlink()
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "new").exists()


@posix
def test_a_folder_of_checkpoints_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    run, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    list(engine.train(factories.job(run, epochs=1)))
    (run / "checkpoints").rename(elsewhere)
    (run / "checkpoints").symlink_to(elsewhere)
    (run / "events.jsonl").write_bytes(b"")
    before = sorted(file.name for file in elsewhere.iterdir())
    with pytest.raises(WriteError, match="is a link to another folder"):
        list(engine.train(factories.job(run, epochs=1, resume=True)))
    assert sorted(file.name for file in elsewhere.iterdir()) == before


@posix
def test_a_pipe_in_the_place_of_a_log_does_not_hang(tmp_path: Path) -> None:
    run, _ = RunFolder(tmp_path / "run").claim({})
    os.mkfifo(run.log)
    for read in (run.ending, lambda: list(run.events())):
        with pytest.raises(UnreadableError, match="not a plain file"):
            read()


def test_a_log_without_line_ends_costs_little(tmp_path: Path) -> None:
    run, _ = RunFolder(tmp_path / "run").claim({})
    with run.log.open("wb") as file:
        file.truncate(3 * 2**30)  # a sparse file: it takes no room
    with pytest.raises(UnreadableError, match="a line of it has more than"):
        list(run.events())
    assert run.ending() is None


def test_the_newest_run_is_the_one_that_was_begun_last_whatever_the_times_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, now in (("first", 2e9), ("second", 1e9), ("third", 1e9)):  # the clock was set back after the first
        monkeypatch.setattr("workbench.training.run_folder.time.time", lambda now=now: now)
        RunFolder(tmp_path / name).claim({})[1].release()
    for number, name in enumerate(("third", "first", "second")):
        os.utime(tmp_path / name / "run.json", (number, number))
    assert [run.name for run in list_runs(tmp_path)] == ["first", "second", "third"]


def test_runs_of_before_are_ordered_by_their_dates(tmp_path: Path) -> None:
    for name, created in (("b", "2026-11-27T10:00:00+0100"), ("a", "2026-11-27T09:30:00+0000"), ("c", "nonsense")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps({"format": 1, "created": created}, indent=2))
    assert [run.name for run in list_runs(tmp_path)] == ["c", "b", "a"]
    RunFolder(tmp_path / "d").claim({})
    assert list_runs(tmp_path)[-1].name == "d"


def test_a_run_that_cannot_be_looked_into_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunFolder(tmp_path / "run").claim({})[1].release()
    (tmp_path / "notes").mkdir()

    def refuse(path: Path) -> os.stat_result:
        raise (
            PermissionError(13, "Permission denied")
            if "run.json" in str(path) and "notes" not in str(path)
            else FileNotFoundError
        )

    monkeypatch.setattr(Path, "lstat", refuse)
    assert [run.name for run in list_runs(tmp_path)] == ["run"]


@posix
def test_a_folder_of_runs_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "p.runs").symlink_to(tmp_path / "p.runs")
    with pytest.raises(UnreadableError, match=r"p\.runs: the folder cannot be read"):
        list_runs(tmp_path / "p.runs")


@pytest.mark.parametrize("name", ["CON", "nul", "Com1.old", "lpt9", "aux ", "a\nb", "a\u202eb", "", "x" * 81, "../a"])
def test_names_that_some_system_cannot_make_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a run's name") as caught:
        check_name(name)
    assert str(caught.value).isprintable()


def test_a_run_in_use_is_not_claimed_again(tmp_path: Path) -> None:
    run, lock = RunFolder(tmp_path / "run").claim({})
    with pytest.raises(LockedError):
        run.lock()
    lock.release()

"""Runs on disk: names, records, logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training import factories
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.lock import FileLock, LockedError
from workbench.training.at_work import unfinished
from workbench.training.history import describe
from workbench.training.run_folder import RunFolder, check_name, list_runs, next_name


def test_names_count_up_past_gaps(tmp_path: Path) -> None:
    assert next_name(tmp_path / "none") == "run-001"
    for name in ("run-001", "run-007", "mine"):
        RunFolder(tmp_path / name).claim({})[1].release()
    assert next_name(tmp_path) == "run-008"
    assert {run.name for run in list_runs(tmp_path)} == {"run-001", "run-007", "mine"}


def test_a_folder_without_a_record_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    assert list_runs(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 81, "end.", "a\nb", "-flag"])
def test_names_that_are_no_folder_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a run's name"):
        check_name(name)


def test_good_names_pass() -> None:
    assert [check_name(name) for name in ("run-001", "lr 0.1", "A_b.c")] == ["run-001", "lr 0.1", "A_b.c"]


def test_a_line_that_a_crash_cut_off_is_left_out(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({})[1].release()
    one, two = (json.dumps(factories.row("StepEnded", step=step)) for step in (1, 2))
    run.log.write_text(f'{one}\nnot json\n{two}\n{{"event": "St')
    assert [event["step"] for event in run.events()] == [1, 2]


def test_the_ending_is_that_of_the_last_start(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({})[1].release()
    assert run.ending() is None
    run.log.write_text('{"event": "RunStarted"}\n{"event": "RunEnded", "reason": "stopped"}\n')
    assert run.ending() == {"event": "RunEnded", "reason": "stopped"}
    run.log.write_text('{"event": "RunStarted"}\n{"event": "RunEnded"}\n{"event": "RunStarted"}\n')
    assert run.ending() is None


def test_a_record_of_another_format_is_refused(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({})[1].release()
    (run.path / "run.json").write_text('{"format": 9}')
    with pytest.raises(UnreadableError, match="not a run of format 1"):
        run.record()


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "RunEnded", "reason": "finished", "seconds": "abc", "test": {}}',
        '{"event": "RunEnded", "reason": ["x"], "seconds": 1.0, "test": {}}',
        '{"event": "RunEnded", "reason": "finished", "seconds": 1e999, "test": {}}',
        '{"event": "RunEnded", "reason": "finished", "seconds": 1.0, "test": 7}',
    ],
)
def test_a_run_whose_log_lies_is_said_to_be_damaged(tmp_path: Path, line: str) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({"training": {"epochs": 2}})[1].release()
    run.log.write_text(line + "\n")
    assert describe(run)["state"] == "damaged"


@pytest.mark.parametrize("edge", [{"from": ["a"], "to": ["b"]}, {"from": [], "to": ["b", "x"]}, {"from": 3, "to": "b"}])
def test_a_run_whose_record_lies_is_said_to_be_damaged(tmp_path: Path, edge: object) -> None:
    run = RunFolder(tmp_path / "run")
    nodes = [{"id": "b", "name": "b", "layer": "ReLU"}]
    run.claim({"training": {"epochs": 2}, "graph": {"nodes": nodes, "edges": [edge]}})[1].release()
    assert describe(run)["state"] == "damaged"


def test_a_line_too_deep_to_read_is_passed_over(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({"training": {"epochs": 2}})[1].release()
    run.log.write_text("[" * 100_000 + "\n" + '{"event": "EpochEnded", "epoch": "one"}\n')
    assert list(run.events()) == []
    assert describe(run)["state"] == "unfinished"


def test_runs_are_renamed_and_deleted_unless_they_are_trained(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run-001")
    run.claim({})[1].release()
    with FileLock(run.path / "lock", "The run"):
        for work in (run.delete, lambda: run.rename("other")):
            with pytest.raises(LockedError):
                work()
    RunFolder(tmp_path / "taken").claim({})[1].release()
    with pytest.raises(UsageError, match="already"):
        run.rename("taken")
    other = run.rename("other")
    assert {each.name for each in list_runs(tmp_path)} == {"other", "taken"}
    other.delete()
    assert {each.name for each in list_runs(tmp_path)} == {"taken"}


def test_the_newest_run_to_go_on_with_is_found(tmp_path: Path) -> None:
    assert unfinished(tmp_path) == ""
    for name, reason in (("a", "stopped"), ("b", ""), ("c", "finished")):
        run = RunFolder(tmp_path / name)
        run.claim({})[1].release()
        run.log.write_text(
            '{"event": "RunStarted"}\n' + (f'{{"event": "RunEnded", "reason": "{reason}"}}\n' if reason else "")
        )
    assert unfinished(tmp_path) == "b"
    RunFolder(tmp_path / "b").delete()
    assert unfinished(tmp_path) == "a"


def test_runs_that_are_moved_away_while_they_are_listed_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by saving an untitled project: they are listed anew at their new place."""
    monkeypatch.setattr(Path, "is_dir", lambda path: True)
    assert list_runs(tmp_path / "untitled.runs") == []

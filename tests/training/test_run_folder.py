"""Runs on disk: names, records, logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.training.run_folder import RunFolder, check_name, list_runs, next_name


def test_names_count_up_past_gaps(tmp_path: Path) -> None:
    assert next_name(tmp_path / "none") == "run-001"
    for name in ("run-001", "run-007", "mine"):
        RunFolder(tmp_path / name).create({})
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
    run.create({})
    run.log.write_text('{"event": "StepEnded", "step": 1}\nnot json\n{"event": "StepEnded", "step": 2}\n{"event": "St')
    assert [event["step"] for event in run.events()] == [1, 2]


def test_the_ending_is_that_of_the_last_start(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.create({})
    assert run.ending() is None
    run.log.write_text('{"event": "RunStarted"}\n{"event": "RunEnded", "reason": "stopped"}\n')
    assert run.ending() == {"event": "RunEnded", "reason": "stopped"}
    run.log.write_text('{"event": "RunStarted"}\n{"event": "RunEnded"}\n{"event": "RunStarted"}\n')
    assert run.ending() is None


def test_a_record_of_another_format_is_refused(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.create({})
    (run.path / "run.json").write_text('{"format": 9}')
    with pytest.raises(UnreadableError, match="not a run of format 1"):
        run.record()

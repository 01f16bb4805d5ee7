"""A run that grows is read line by line, whatever happens to its folder meanwhile."""

from __future__ import annotations

import json
import os
import shutil
from itertools import islice, pairwise
from pathlib import Path

import pytest

from tests.training.factories import job, row
from workbench.training import engine, following
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.events import EpochEnded, RunEnded, RunStarted, StepEnded, Warned
from workbench.training.following import Follower, event_of, followed
from workbench.training.run_folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = tmp_path / "run-001"
    folder.mkdir()
    return RunFolder(folder)


def line(step: int) -> bytes:
    return json.dumps(row("StepEnded", step=step)).encode() + b"\n"


def steps(follower: Follower) -> list[int]:
    look = follower.look()
    assert not look.trouble
    return [event["step"] for event in look.events]


def test_each_line_comes_once_and_only_when_it_is_whole(run: RunFolder) -> None:
    follower = Follower(run)
    text = b"".join(map(line, range(1, 9)))
    cuts = [0, 10, 11, len(text) // 2, len(text) - 1, len(text)]
    found = []
    for first, second in pairwise(cuts):
        with run.log.open("ab") as file:
            file.write(text[first:second])
        found += steps(follower)
    assert found == [*range(1, 9)]
    assert steps(follower) == []


def test_a_log_that_was_cut_back_is_read_anew(run: RunFolder) -> None:
    run.log.write_bytes(line(1) + line(2) + line(3))
    follower = Follower(run)
    assert steps(follower) == [1, 2, 3]
    run.log.write_bytes(line(1) + line(2))
    look = follower.look()
    assert look.is_anew
    assert [event["step"] for event in look.events] == [1, 2]


def test_a_log_that_was_cut_back_and_has_grown_past_is_known_too(run: RunFolder) -> None:
    run.log.write_bytes(line(1) + line(2) + line(3))
    follower = Follower(run)
    follower.look()
    run.log.write_bytes(line(1) + b"".join(map(line, range(20, 30))))
    look = follower.look()
    assert look.is_anew
    assert [event["step"] for event in look.events] == [1, *range(20, 30)]


def test_a_run_that_has_not_begun_and_one_that_is_gone_are_sentences(run: RunFolder) -> None:
    follower = Follower(run)
    assert "run-001 has no log yet" in follower.look().trouble
    run.log.write_bytes(line(1))
    assert steps(follower) == [1]
    run.log.unlink()
    assert "The log of run-001 is gone" in follower.look().trouble
    shutil.rmtree(run.path)
    assert "is not there (any more)" in follower.look().trouble
    run.path.mkdir()
    run.log.write_bytes(line(1) + line(2))  # the disk is back
    assert steps(follower) == [2]


def test_what_is_no_log_is_a_sentence(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    run.log.mkdir()
    assert "this is a folder" in Follower(run).look().trouble
    run.log.rmdir()
    os.mkfifo(run.log)
    assert "not a plain file" in Follower(run).look().trouble
    run.log.unlink()
    monkeypatch.setattr(following, "MOST", 1000)
    run.log.write_bytes(b"x" * 2000)
    assert "longer than any that a run writes" in Follower(run).look().trouble


def test_what_no_run_writes_is_left_out(run: RunFolder) -> None:
    run.log.write_bytes(line(1) + b'{"event": "StepEnded"}\nnonsense\n[1]\n' + b"[" * 5000 + b"\n" + line(2))
    assert steps(Follower(run)) == [1, 2]


def test_a_long_log_comes_in_pieces(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 1000)
    run.log.write_bytes(b"".join(map(line, range(1, 101))))
    follower, found = Follower(run), list[int]()
    while (look := follower.look()).events or look.has_more:
        found += [event["step"] for event in look.events]
    assert found == [*range(1, 101)]


def test_the_end_is_known(run: RunFolder) -> None:
    run.log.write_bytes(line(1))
    follower = Follower(run)
    assert not follower.look().has_ended
    with run.log.open("ab") as file:
        file.write(json.dumps(row("RunEnded")).encode() + b"\n")
    assert follower.look().has_ended


def test_a_run_that_is_trained_meanwhile_is_followed_from_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The training goes on by a few events whenever the one that follows has asked for the next."""
    monkeypatch.setattr(engine, "FLUSH_SECONDS", -1.0)  # each event is on the disk when the next one is asked for
    training = train(job(tmp_path / "run-001"))
    trained = [*islice(training, 10)]
    control = Control()
    seen = []
    for event in followed(RunFolder(tmp_path / "run-001"), control):
        seen.append(event)
        trained += islice(training, 3)
    assert isinstance(seen[0], RunStarted)
    first = seen[0].step
    assert first > 0
    steps = [event.step for event in seen if isinstance(event, StepEnded)]
    assert steps == [*range(first + 1, first + 1 + len(steps))]
    assert [each.as_json() for each in seen[1:]] == [each.as_json() for each in trained[-len(seen) + 1 :]]
    assert isinstance(seen[-1], RunEnded)


def test_following_ends_when_nobody_wants_it_any_more(run: RunFolder) -> None:
    control, seen = Control(), []
    for event in followed(run, control):
        seen.append(event)
        control.cancel()
    assert [type(event) for event in seen] == [Warned]
    assert "has no log yet" in str(seen[0])


def test_a_trouble_is_said_once_and_what_comes_after_it_is_shown(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WAIT_SECONDS", 0.0)
    control, seen = Control(), []
    looks = iter(range(6))

    def waited(seconds: float) -> None:
        if next(looks) == 4:
            run.log.write_bytes(b"".join(json.dumps(row(kind)).encode() + b"\n" for kind in ("RunStarted", "RunEnded")))

    monkeypatch.setattr(control, "wait_for_cancel", waited)
    for event in followed(run, control):
        seen.append(event)
    assert [type(event) for event in seen] == [Warned, RunStarted, RunEnded]


def test_every_event_comes_back_from_its_row(tmp_path: Path) -> None:
    for event in train(job(tmp_path / "run-001")):
        back = event_of(json.loads(json.dumps(event.as_json())))
        assert back is not None
        assert back.as_json() == event.as_json()
        assert type(back) is type(event)
        if isinstance(back, EpochEnded):
            assert all(matrix.dtype == "int64" for matrix in back.confusion.values())
    assert event_of({"event": "FromTheFuture"}) is None

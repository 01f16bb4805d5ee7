"""What a log says of epochs is kept beside it once a training has ended, and never believed of another log."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training import factories
from tests.training.test_run_rows import Reads
from workbench.training import engine
from workbench.training.history import KINDS
from workbench.training.read_log import NAME, ReadLog, keep_log, kept_log
from workbench.training.run_folder import RunFolder
from workbench.training.run_rows import RunRows


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    list(engine.train(factories.job(tmp_path / "run-001", epochs=2)))
    return RunFolder(tmp_path / "run-001")


def test_a_training_leaves_it(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = kept_log(run)
    assert kept.events == list(run.events(*KINDS))
    assert [event["epoch"] for event in kept.epochs] == [1, 2]
    reads = Reads(monkeypatch)
    found = RunRows().read(run.path.parent)
    assert reads.starts == [("run-001", kept.end)]
    (run.path / NAME).unlink()
    assert RunRows().read(run.path.parent) == found


def test_what_came_later_is_read_on(run: RunFolder) -> None:
    last = kept_log(run).epochs[-1]
    with run.log.open("a") as file:
        file.write(json.dumps({**last, "epoch": 3}) + "\n")
    found = RunRows().read(run.path.parent)
    assert [event["epoch"] for event in found.epochs["run-001"]] == [1, 2, 3]


def _cut(run: RunFolder) -> None:
    os.truncate(run.log, 100)


def _other(run: RunFolder) -> None:
    run.log.write_bytes(run.log.read_bytes().replace(b'"epoch": 2', b'"epoch": 7'))


def _gone(run: RunFolder) -> None:
    run.log.unlink()


@pytest.mark.parametrize(("change", "epochs"), [(_cut, []), (_other, [1, 7]), (_gone, [])])
def test_of_another_log_it_is_not_believed(
    run: RunFolder, change: Callable[[RunFolder], None], epochs: list[int]
) -> None:
    change(run)
    read = kept_log(run)
    assert read.events
    read.read_on(run)
    assert read.events == list(run.events(*KINDS))
    assert [event["epoch"] for event in read.epochs] == epochs


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b'{"end": -3, "mark": "", "events": []}', b'{"end": "9", "mark": "a", "events": []}',
        b'{"end": 9, "mark": "a", "events": [{"event": "EpochEnded", "epoch": "one"}]}',
        b'{"end": 9, "mark": "a", "events": [{"event": "StepEnded", "step": 1, "epoch": 1.0, "loss": 1.0}]}',
        b'{"end": 9, "mark": "a", "events": [4]}', b'{"end": 1e400, "mark": "a", "events": []}', b"\xff\x00",
    ],
)  # fmt: skip
def test_nonsense_is_passed_over(run: RunFolder, content: bytes) -> None:
    found = RunRows().read(run.path.parent)
    (run.path / NAME).write_bytes(content)
    assert kept_log(run) == ReadLog()
    assert RunRows().read(run.path.parent) == found


def test_where_it_cannot_be_kept_nothing_is_lost(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    found = RunRows().read(run.path.parent)
    (run.path / NAME).unlink()
    (run.path / NAME).mkdir()
    keep_log(run)
    assert RunRows().read(run.path.parent) == found


def test_a_link_of_its_name_is_not_followed(run: RunFolder, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    (run.path / NAME).unlink()
    (run.path / NAME).symlink_to(target)
    keep_log(run)
    assert target.read_text() == "mine"
    assert kept_log(run).epochs


@pytest.mark.parametrize("length", [50, 5000, 200_000])
def test_the_end_of_a_run_is_found_however_long_its_last_line_is(run: RunFolder, length: int) -> None:
    ending = run.ending()
    assert ending is not None
    padded: dict[str, Any] = {**ending, "note": "x" * length}
    lines = run.log.read_bytes().splitlines(keepends=True)
    run.log.write_bytes(b"".join(lines[:-1]) + json.dumps(padded).encode() + b"\n")
    assert run.ending() == padded

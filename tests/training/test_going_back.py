"""Checkpoints that were damaged, deleted or cannot be read: nothing new is deleted, nothing old is used or lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training import factories
from workbench.core.errors import InaccessibleError, LostCheckpointsError, RunError
from workbench.core.files import WriteError
from workbench.training import checkpoint, engine
from workbench.training.events import CheckpointWritten, EpochEnded, Event, RunEnded, StepEnded, Warned

SETTINGS: dict[str, Any] = {"epochs": 3, "checkpoint_steps": 2}


def trained(folder: Path, until: int) -> list[Event]:
    """A run that dies after so many steps."""
    running = engine.train(factories.job(folder, **SETTINGS))
    events = list(takewhile(lambda event: not (isinstance(event, StepEnded) and event.step > until), running))
    running.close()
    return events


def resumed(folder: Path, **more: Any) -> list[Event]:
    return list(engine.train(replace(factories.job(folder, resume=True, **SETTINGS), **more)))


def damage(folder: Path, pattern: str) -> list[str]:
    found = sorted((folder / "checkpoints").glob(pattern))
    for file in found:
        data = bytearray(file.read_bytes())
        data[-3] ^= 1
        file.write_bytes(data)
    return [file.stem for file in found]


def names(folder: Path, suffix: str = ".json") -> set[str]:
    return {file.stem for file in folder.glob(f"*{suffix}")}


def test_after_damage_new_checkpoints_stay_and_newer_ones_are_set_aside(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(run, 20)  # checkpoints of 16 (the end of an epoch), 18 and 20
    damage(run, "step-000018.*s")
    damage(run, "step-000020.*s")
    events = resumed(run)
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert any("2 newer checkpoints and the end of the log are in the folder set-aside" in each for each in warned)
    assert {"step-000018", "step-000020"} <= names(run / "set-aside")
    lost = [json.loads(line) for line in (run / "set-aside" / "events-after-000016.jsonl").read_text().splitlines()]
    assert [row["step"] for row in lost if row["event"] == "StepEnded"][-1] == 21
    list(engine.train(factories.job(tmp_path / "whole", **SETTINGS)))
    assert factories.logged(run) == factories.logged(tmp_path / "whole")
    written = [event.file for event in events if isinstance(event, CheckpointWritten)]
    assert set(written[-4:]) == {f"{name}.json" for name in names(run / "checkpoints") if name.startswith("step")}


def test_every_checkpoint_that_is_written_after_going_back_is_there_at_once(tmp_path: Path) -> None:
    trained(tmp_path / "run", 20)
    damage(tmp_path / "run", "step-*.safetensors")
    running = engine.train(factories.job(tmp_path / "run", resume=True, **SETTINGS))
    for event in running:
        if isinstance(event, CheckpointWritten):
            assert (tmp_path / "run" / "checkpoints" / event.file).exists()


def test_best_weights_of_a_later_step_are_not_those_of_the_run_that_went_back(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(run, 20)
    found, _ = checkpoint.newest(run / "checkpoints", "best")
    assert found is not None
    checkpoint.write(run / "checkpoints", "best", 999, found)  # what an abandoned course has left
    resumed(run)
    assert "best-000999" in names(run / "set-aside")
    best, _ = checkpoint.newest(run / "checkpoints", "best")
    assert best is not None
    assert best.record["step"] != 999


def test_where_only_the_best_weights_are_whole_the_run_goes_on_from_them(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(run, 20)
    damage(run, "step-*.safetensors")
    found, _ = checkpoint.newest(run / "checkpoints", "best")
    assert found is not None
    events = resumed(run)
    assert any(isinstance(event, Warned) and "from its best weights" in event.message for event in events)
    assert events[0].step == found.record["step"]  # type: ignore[attr-defined]
    logged = [row for row in factories.logged(run) if row["event"] == "StepEnded"]
    assert [row["step"] for row in logged] == list(range(1, 25))


@pytest.mark.parametrize("loss", ["damaged", "deleted", "emptied"])
def test_nothing_starts_from_zero_unasked(tmp_path: Path, loss: str) -> None:
    run = tmp_path / "run"
    trained(run, 20)
    before = (run / "events.jsonl").read_bytes()
    for file in (run / "checkpoints").glob("*.safetensors" if loss == "damaged" else "*"):
        if loss == "deleted":
            file.unlink()
        else:
            file.write_bytes(b"" if loss == "emptied" else b"x" * file.stat().st_size)
    with pytest.raises(LostCheckpointsError, match=r"Of run no whole checkpoint is left.*--from-start"):
        resumed(run)
    assert (run / "events.jsonl").read_bytes() == before
    events = resumed(run, from_start=True)
    assert events[-1].reason == "finished"  # type: ignore[attr-defined]
    kept = (run / "set-aside" / "events-after-000000.jsonl").read_bytes()
    assert kept == before
    list(engine.train(factories.job(tmp_path / "whole", **SETTINGS)))
    assert factories.logged(run) == factories.logged(tmp_path / "whole")


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_checkpoint_that_cannot_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    run = tmp_path / "run"
    trained(run, 20)
    before = {file.name: file.read_bytes() for file in (run / "checkpoints").iterdir()}
    opens = os.open

    def refuse(path: Any, *more: Any) -> int:
        if str(path).endswith("step-000020.safetensors"):
            raise OSError(number, os.strerror(number))
        return opens(path, *more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InaccessibleError, match="step-000020"):
        resumed(run)
    monkeypatch.undo()
    assert {file.name: file.read_bytes() for file in (run / "checkpoints").iterdir()} == before


def sealed(stem: Path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], None]) -> None:
    """Changes a checkpoint as somebody who means it: the seal is right again."""
    import safetensors.torch

    record = json.loads(stem.with_suffix(".json").read_text())
    tensors = safetensors.torch.load(stem.with_suffix(".safetensors").read_bytes())
    change(record, tensors)
    data = safetensors.torch.save(tensors)
    record["tensors"] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    stem.with_suffix(".safetensors").write_bytes(data)
    stem.with_suffix(".json").write_text(json.dumps(record))


def without_a_moment(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    del tensors["optimizer.conv.weight.exp_avg"]


def odd_moment(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    tensors["optimizer.conv.weight.exp_avg"] = torch.zeros(2)


def foreign_weight(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    tensors["optimizer.nobody.weight.exp_avg"] = torch.zeros(2)


def progress(**change: Any) -> Callable[[dict[str, Any], dict[str, torch.Tensor]], None]:
    def spoil(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        record["progress"].update(change)

    return spoil


def no_progress(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    record["progress"] = "far"


SPOILT = [
    without_a_moment, odd_moment, foreign_weight, no_progress, progress(step=-4), progress(batch=10**6),
    progress(epoch="x"),
    progress(sums={"loss": [1.0]}), progress(log_length=-1), progress(lr_factor=float("-1")), progress(best=[1]),
]  # fmt: skip


@pytest.mark.parametrize("change", SPOILT)
def test_a_sealed_checkpoint_with_wrong_content_is_refused_before_the_first_step(
    tmp_path: Path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], None]
) -> None:
    run = tmp_path / "run"
    trained(run, 12)
    sealed(run / "checkpoints" / "step-000012", change)
    log = (run / "events.jsonl").read_bytes()
    with pytest.raises(RunError, match="The checkpoint of run does not fit its"):
        resumed(run)
    assert (run / "events.jsonl").read_bytes() == log


def lost_weight(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    del tensors["model.fc.bias"]


def renamed_weight(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    tensors["model.fc.x"] = tensors.pop("model.fc.weight")


def longer_weight(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    tensors["model.conv.bias"] = torch.zeros(9)


@pytest.mark.parametrize("change", [lost_weight, renamed_weight, longer_weight])
def test_sealed_best_weights_of_another_network_are_refused_before_the_first_step(
    tmp_path: Path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], None]
) -> None:
    run = tmp_path / "run"
    trained(run, 12)
    sealed(run / "checkpoints" / "best-000008", change)
    log = (run / "events.jsonl").read_bytes()
    with pytest.raises(
        RunError, match=r"The checkpoint of run does not fit its network: its best weights have another"
    ):
        resumed(run)
    assert (run / "events.jsonl").read_bytes() == log


def is_last(event: Event) -> bool:
    """Whether an event is the end of the last epoch, after which only the checkpoint and the test are left."""
    return isinstance(event, EpochEnded) and event.epoch == 3


def test_best_weights_of_another_network_that_came_meanwhile_are_told(tmp_path: Path) -> None:
    run = tmp_path / "run"
    running = engine.train(factories.job(run, **SETTINGS))
    last = list(takewhile(lambda event: not is_last(event), running))
    assert last
    sealed(max((run / "checkpoints").glob("best-*.json")).with_suffix(""), renamed_weight)
    with pytest.raises(RunError, match="The checkpoint of run does not fit its network"):
        list(running)


@pytest.mark.parametrize("name", ["model.conv.weight", "optimizer.fc.weight.exp_avg_sq"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_sealed_checkpoint_that_is_not_finite_does_not_count(tmp_path: Path, name: str, value: float) -> None:
    run = tmp_path / "run"
    trained(run, 12)

    def spoil(record: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        tensors[name].view(-1)[0] = value

    sealed(run / "checkpoints" / "step-000012", spoil)
    found, notes = checkpoint.newest(run / "checkpoints", "step")
    assert found is not None
    assert found.record["step"] == 10
    assert f"{name} holds NaN or infinite" in notes[0]


def test_tensors_without_a_record_are_swept_and_nothing_else(tmp_path: Path) -> None:
    trained(tmp_path / "run", 12)
    folder = tmp_path / "run" / "checkpoints"
    (folder / "step-000002.safetensors").write_bytes(b"what a kill between two files leaves")
    (folder / "mine.safetensors").write_bytes(b"the user's own")
    whole = names(folder)
    resumed(tmp_path / "run")
    assert not (folder / "step-000002.safetensors").exists()
    assert (folder / "mine.safetensors").exists()
    assert {"best-000008"} & whole


class Disk:
    """A disk with so much room for checkpoints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.room = 10**9
        self._folder = folder
        self._writes = os.write
        monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": self.free}))
        monkeypatch.setattr(os, "write", self._write)
        self.is_full_for_logs = False

    @property
    def free(self) -> float:
        used = sum(file.stat().st_size for file in self._folder.rglob("*.safetensors"))
        return self.room - used

    def _write(self, descriptor: int, data: bytes) -> int:
        if self.is_full_for_logs:
            raise OSError(errno.ENOSPC, "full")
        return self._writes(descriptor, data)


def test_a_full_disk_lets_the_training_go_on_with_what_can_be_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    disk = Disk(monkeypatch, run)
    events: list[Event] = []
    for event in engine.train(factories.job(run, **SETTINGS)):
        events.append(event)
        if isinstance(event, CheckpointWritten) and event.step == 10:
            (size,) = {file.stat().st_size for file in (run / "checkpoints").glob("step-*10.safetensors")}
            disk.room = disk.room - disk.free + 1.2 * size - 1  # one byte too little, with three checkpoints there
    steps = [event.step for event in events if isinstance(event, CheckpointWritten)]
    assert steps == [2, 4, 6, 8, 8, 10, 12, 14, 16, 16, 18, 20, 22, 24, 24]
    assert events[-1].reason == "finished"  # type: ignore[attr-defined]
    assert len([name for name in names(run / "checkpoints") if name.startswith("step")]) == 2


def test_with_no_room_at_all_it_is_said_once_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    disk = Disk(monkeypatch, run)
    events: list[Event] = []
    for event in engine.train(factories.job(run, **SETTINGS)):
        events.append(event)
        if isinstance(event, StepEnded):
            disk.room = 10**9 if not 9 < event.step < 17 else 0
            disk.is_full_for_logs = 9 < event.step < 17
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert any("the disk is full" in each and "The training goes on" in each for each in warned)
    assert len(warned) <= 3  # the log, the checkpoint and the best weights: each once
    assert events[-1].reason == "finished"  # type: ignore[attr-defined]
    monkeypatch.undo()
    list(engine.train(factories.job(tmp_path / "whole", **SETTINGS)))
    assert factories.logged(run) == factories.logged(tmp_path / "whole")


def test_a_place_that_is_gone_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    run = tmp_path / "run"
    running = engine.train(factories.job(run, **SETTINGS))
    assert any(isinstance(event, CheckpointWritten) and event.step == 4 for event in running)
    (run / "checkpoints").rename(tmp_path / "moved")
    with pytest.raises(WriteError, match="its folder does not exist"):
        list(running)
    assert "step-000004" in names(tmp_path / "moved")


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_again_by_itself(tmp_path: Path) -> None:
    running = engine.train(factories.job(tmp_path / "run"))
    for event in running:
        if isinstance(event, StepEnded) and event.step == 3:
            break
    running.close()
    events = list(engine.train(factories.job(tmp_path / "run", resume=True)))
    assert isinstance(events[-1], RunEnded)
    assert [event.step for event in events if isinstance(event, StepEnded)] == list(range(1, 25))

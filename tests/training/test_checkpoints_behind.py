"""Checkpoints are written behind the training: it goes on meanwhile, and what is written is the step that was taken."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training import factories
from workbench.training import checkpoint, engine
from workbench.training.checkpoint import Checkpoint
from workbench.training.control import Control
from workbench.training.events import CheckpointWritten, StepEnded
from workbench.training.kept_copy import Copying, KeptCopy

SETTINGS: dict[str, Any] = {"epochs": 2, "checkpoint_steps": 3, "checkpoint_seconds": 1000.0}
SECONDS = 20.0  # after which a thread that waits for ever lets the test fail


class Held:
    """Lets the writing of one step's checkpoint wait until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.reached, self.freed, self.thread = threading.Event(), threading.Event(), ""
        write = checkpoint.write

        def held(folder: Path, kind: str, at: int, found: Checkpoint) -> Path:
            if at == step and kind == "step":
                self.thread = threading.current_thread().name
                self.reached.set()
                assert self.freed.wait(SECONDS)
                self.found = Checkpoint({name: each.clone() for name, each in found.tensors.items()}, found.record)
            return write(folder, kind, at, found)

        monkeypatch.setattr(checkpoint, "write", held)


def test_steps_are_made_while_a_checkpoint_is_written_and_it_holds_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = Control()
    for event in engine.train(factories.job(tmp_path / "whole", **SETTINGS), control):
        if isinstance(event, StepEnded) and event.step == 3:
            control.cancel()
    expected, _ = checkpoint.newest(tmp_path / "whole" / "checkpoints", "step")
    held = Held(monkeypatch, 3)
    running = engine.train(factories.job(tmp_path / "run", **SETTINGS))
    assert any(isinstance(event, StepEnded) and event.step == 5 for event in running)
    assert not (tmp_path / "run" / "checkpoints" / "step-000003.json").exists()
    held.freed.set()
    written = [event.step for event in running if isinstance(event, CheckpointWritten)]
    assert written[0] == 3
    assert written == sorted(written)
    assert held.thread != threading.current_thread().name
    found = held.found
    assert expected is not None
    assert found.tensors.keys() == expected.tensors.keys()
    assert all(torch.equal(found.tensors[name], each) for name, each in expected.tensors.items())


def test_a_run_that_is_left_in_its_middle_has_written_what_it_had_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, 3)
    running = engine.train(factories.job(tmp_path / "run", **SETTINGS))
    assert any(isinstance(event, StepEnded) and event.step == 5 for event in running)
    assert not (tmp_path / "run" / "checkpoints" / "step-000003.json").exists()
    held.freed.set()
    running.close()
    assert checkpoint.read(tmp_path / "run" / "checkpoints" / "step-000003").record["step"] == 3


def test_the_best_weights_are_on_the_disk_before_the_checkpoint_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[tuple[str, int]] = []
    write = checkpoint.write

    def noted(folder: Path, kind: str, step: int, found: Checkpoint) -> Path:
        order.append((kind, step))
        return write(folder, kind, step, found)

    monkeypatch.setattr(checkpoint, "write", noted)
    list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))
    ends = [step for kind, step in order if kind == "best"]
    assert ends
    for step in ends:
        assert order.index(("best", step)) == order.index(("step", step)) - 1


def test_an_epoch_whose_weights_are_bad_ends_the_run_with_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A buffer that goes bad is seen by no gradient, only where the checkpoint is written."""
    running = engine.train(factories.job(tmp_path / "run", **SETTINGS))
    made = engine.Trainer.__init__
    trainers: list[engine.Trainer] = []

    def kept(trainer: engine.Trainer, *given: Any) -> None:
        made(trainer, *given)
        trainers.append(trainer)

    monkeypatch.setattr(engine.Trainer, "__init__", kept)
    events = []
    for event in running:
        events.append(event)
        if isinstance(event, StepEnded) and event.step == 2:
            trainers[0].network.modules.state_dict()["bn.running_mean"].fill_(float("nan"))
    assert "bn.running_mean has NaN or infinite values at step 3" in events[-1].message  # type: ignore[attr-defined]
    assert not list((tmp_path / "run" / "checkpoints").glob("*.json"))


def test_what_a_thread_has_not_copied_yet_is_copied_before_the_weights_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {**SETTINGS, "average_decay": 0.9, "average_steps": 1}
    control = Control()
    for event in engine.train(factories.job(tmp_path / "whole", **settings), control):
        if isinstance(event, StepEnded) and event.step == 3:
            control.cancel()
    expected, _ = checkpoint.newest(tmp_path / "whole" / "checkpoints", "step")
    trainer, freed, finish = threading.current_thread(), threading.Event(), Copying.finish

    def late(copying: Copying) -> None:
        if threading.current_thread() is not trainer:
            assert freed.wait(SECONDS)
        finish(copying)

    monkeypatch.setattr(Copying, "finish", late)
    running = engine.train(factories.job(tmp_path / "run", **settings))
    assert any(isinstance(event, StepEnded) and event.step == 5 for event in running)
    freed.set()
    next(event for event in running if isinstance(event, CheckpointWritten))
    running.close()
    found = checkpoint.read(tmp_path / "run" / "checkpoints" / "step-000003")
    assert expected is not None
    assert found.tensors.keys() == expected.tensors.keys()
    assert all(torch.equal(found.tensors[name], each) for name, each in expected.tensors.items())


def test_a_copy_that_is_under_way_ends_once_every_tensor_is_copied() -> None:
    source = {name: torch.full((3,), float(number)) for number, name in enumerate("abc")}
    copies, copying = KeptCopy().begin(source, ["b", "c"])
    source["a"].fill_(9.0)
    threads = [threading.Thread(target=copying.finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()
    assert [copies[name][0].item() for name in "abc"] == [0.0, 1.0, 2.0]

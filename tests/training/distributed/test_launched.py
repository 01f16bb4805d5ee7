"""A training in many processes is a generator of events with a control, as one in a single process is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.training.factories import row
from workbench.core.errors import RunError
from workbench.training.control import Control
from workbench.training.distributed import launched as module
from workbench.training.distributed.commands import Start
from workbench.training.distributed.launched import launched
from workbench.training.events import Event, RateChanged, RunEnded, RunStarted, StepEnded

WAITING = "import sys; sys.stdin.read()"
FAILING = "import sys; sys.stdin.readline(); sys.exit('Error: The disk is full.')"
STEPPED = f"print({json.dumps(json.dumps(row('StepEnded')))}, flush=True); "


def processes(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Starts such processes in place of trainings."""
    starts = [Start(rank, (sys.executable, "-c", code)) for rank in range(2)]
    monkeypatch.setattr(module, "on_this_machine", lambda *_: starts)


@pytest.mark.parametrize("code", [WAITING, FAILING])
def test_stopped_before_anything_was_told_it_has_not_failed(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    processes(monkeypatch, code)
    control = Control()
    control.cancel()
    assert list(launched([], 2, control)) == []


def test_stopped_after_it_has_begun_an_end_without_a_word_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    processes(monkeypatch, STEPPED + WAITING)
    control, seen = Control(), list[Event]()

    def watch() -> None:
        for event in launched([], 2, control):
            seen.append(event)
            control.cancel()

    with pytest.raises(RunError):
        watch()
    assert len(seen) == 1


@pytest.mark.slow
def test_it_is_held_changed_and_stopped_by_its_control(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(trained.parent / "state"))
    control, seen = Control(), list[Event]()
    words = ["train", str(trained), "--set", "training.epochs=2000", "--set", "training.peer_seconds=30", "--json"]
    for event in launched(words, 2, control):
        seen.append(event)
        if isinstance(event, StepEnded) and event.step == 3:
            control.request_lr(0.0123)
        if isinstance(event, RateChanged):
            control.hold()
            control.wait_for_cancel(3.0)  # the processes hear from each other meanwhile
            control.go_on()
            control.cancel()
    assert isinstance(seen[0], RunStarted)
    assert [event.lr for event in seen if isinstance(event, RateChanged)] == [0.0123]
    ended = seen[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason == "stopped"


@pytest.mark.slow
def test_what_goes_wrong_is_one_sentence(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(trained.parent / "state"))
    with pytest.raises(RunError, match="There is a run run-001 already"):
        list(launched(["train", str(trained), "--run", "run-001", "--json"], 2, Control()))

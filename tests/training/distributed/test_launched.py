"""A training in many processes is a generator of events with a control, as one in a single process is."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import RunError
from workbench.training.control import Control
from workbench.training.distributed.launched import launched
from workbench.training.events import Event, RateChanged, RunEnded, RunStarted, StepEnded

pytestmark = pytest.mark.slow


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


def test_what_goes_wrong_is_one_sentence(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(trained.parent / "state"))
    with pytest.raises(RunError, match="There is a run run-001 already"):
        list(launched(["train", str(trained), "--run", "run-001", "--json"], 2, Control()))

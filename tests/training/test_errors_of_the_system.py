"""A run during which the system fails ends, resumed, bit for bit like one that was never disturbed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.training import factories
from workbench.core.errors import InaccessibleError
from workbench.core.files import WriteError
from workbench.training import checkpoint, engine
from workbench.training.events import Event, StepEnded, Warned
from workbench.training.run_folder import RunFolder, list_runs, next_name

SETTINGS: dict[str, Any] = {"epochs": 3, "checkpoint_steps": 3}


class Breaker:
    """Lets the writing of files of some name fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, is_meant: Callable[[str], bool], number: int) -> None:
        self.is_on, self.hits = True, 0
        replaces = os.replace

        def replace(source: Any, target: Any) -> None:
            if self.is_on and is_meant(Path(target).name):
                self.hits += 1
                raise OSError(number, os.strerror(number))
            replaces(source, target)

        monkeypatch.setattr(os, "replace", replace)


def assert_like_undisturbed(run: Path, whole: Path) -> None:
    """Losses, best weights and the newest checkpoint are those of a run that nothing happened to."""
    list(engine.train(factories.job(whole, **SETTINGS)))
    assert factories.logged(run) == factories.logged(whole)
    for kind in ("step", "best"):
        found, _ = checkpoint.newest(run / "checkpoints", kind)
        expected, _ = checkpoint.newest(whole / "checkpoints", kind)
        assert found is not None
        assert expected is not None
        assert found.record["step"] == expected.record["step"]
        assert all((found.tensors[name] == each).all() for name, each in expected.tensors.items())


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.ESTALE])
def test_best_weights_that_could_not_be_written_are_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    breaker = Breaker(monkeypatch, lambda name: name.startswith("best"), number)
    events: list[Event] = []
    for event in engine.train(factories.job(tmp_path / "run", **SETTINGS)):
        events.append(event)
        breaker.is_on = breaker.hits < 3
        names = {file.stem for file in (tmp_path / "run" / "checkpoints").glob("*.json")}
        reached = isinstance(event, StepEnded) and event.step > 8
        assert not reached or not breaker.is_on or "step-000008" not in names  # none that names best ones not there
    assert breaker.hits >= 3
    assert any(isinstance(event, Warned) and "could not be kept yet" in event.message for event in events)
    assert_like_undisturbed(tmp_path / "run", tmp_path / "whole")


@pytest.mark.parametrize(("kind", "place"), [("best", "checkpoint of step 6"), ("step", "beginning")])
def test_a_run_that_cannot_write_its_end_has_not_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, place: str
) -> None:
    breaker = Breaker(monkeypatch, lambda name: name.startswith(kind), errno.ENOSPC)
    with pytest.raises(WriteError, match=f"has not ended, and can be resumed from its {place}"):
        list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))
    assert RunFolder(tmp_path / "run").ending() is None
    breaker.is_on = False
    list(engine.train(factories.job(tmp_path / "run", resume=True, **SETTINGS)))
    assert_like_undisturbed(tmp_path / "run", tmp_path / "whole")


def test_a_run_that_cannot_write_its_end_names_the_checkpoint_it_goes_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Breaker(monkeypatch, lambda name: name.startswith(("step-00002", "best-00002")), errno.EIO)
    with pytest.raises(WriteError, match="can be resumed from its checkpoint of step 18"):
        list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
def test_a_run_that_nobody_may_look_at_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))
    before = (tmp_path / "run" / "run.json").read_bytes()
    asks = os.lstat

    def refused(path: Any, *more: Any, **named: Any) -> os.stat_result:
        if str(path).endswith(("run.json", "events.jsonl")):
            raise OSError(number, os.strerror(number))
        return asks(path, *more, **named)

    monkeypatch.setattr(os, "lstat", refused)
    with pytest.raises(Exception, match="There is a run run already"):
        list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))
    assert [run.name for run in list_runs(tmp_path)] == ["run"]
    assert (tmp_path / "run" / "run.json").read_bytes() == before


@pytest.mark.parametrize("asks", [("stat",), ("lstat",), ("stat", "lstat")])
@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO])
def test_a_system_that_does_not_say_whether_a_run_is_there_is_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, asks: tuple[str, ...]
) -> None:
    def refused(real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def ask(path: Any, *more: Any, **named: Any) -> os.stat_result:
            if str(path).endswith("run.json"):
                raise OSError(number, os.strerror(number))
            return real(path, *more, **named)

        return ask

    for name in asks:
        monkeypatch.setattr(os, name, refused(getattr(os, name)))
    job = replace(factories.job(tmp_path / "run-001", **SETTINGS), is_numbered=True)
    if "stat" in asks:
        with pytest.raises(InaccessibleError, match="run-001"):
            list(engine.train(job))
        assert list(tmp_path.iterdir()) == []
    else:
        list(engine.train(job))
        assert [path.name for path in tmp_path.iterdir()] == ["run-001"]


def test_a_log_that_nobody_may_look_at_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    list(engine.train(factories.job(tmp_path / "run", **SETTINGS)))
    opens = os.open

    def refused(path: Any, *more: Any, **named: Any) -> int:
        if str(path).endswith("events.jsonl"):
            raise OSError(errno.EIO, "broken")
        return opens(path, *more, **named)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    with pytest.raises(InaccessibleError, match=r"events\.jsonl"):
        list(RunFolder(tmp_path / "run").events())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_run_that_could_not_be_locked_leaves_no_folder_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    opens = os.open

    def refused(path: Any, *more: Any, **named: Any) -> int:
        if str(path).endswith("lock"):
            raise OSError(number, os.strerror(number))
        return opens(path, *more, **named)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(WriteError):
        RunFolder(tmp_path / "run-001").claim({}, is_numbered=True)
    assert next_name(tmp_path) == "run-001"

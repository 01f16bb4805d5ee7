"""The command line in this process, as its tests use it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main
from workbench.training import engine


@dataclass(frozen=True)
class Answer:
    """What a command gave: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one line of JSON that is alone on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        """Each line of stdout as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Answer]


@pytest.fixture
def opened() -> list[str]:
    """What the window was opened with."""
    return []


@pytest.fixture
def cli(opened: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs one command; never a traceback, whatever it is. Reports and state stay in the test's own folder."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))

    def open_window(path: str) -> int:
        opened.append(path)
        return 0

    def run(*words: object) -> Answer:
        capsys.readouterr()
        code = main(open_window, arguments=[str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture
def stopped(cli: Run, trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with a second run that Ctrl+C ended in its second epoch."""
    real = engine.Trainer._learn
    steps = iter(range(1000))

    def learn(trainer: Any, batch: Any) -> Any:
        if next(steps) == 8:
            os.kill(os.getpid(), signal.SIGINT)
        return real(trainer, batch)

    monkeypatch.setattr(engine.Trainer, "_learn", learn)
    answer = cli("train", trained, "--run", "cut", "--epochs", 2, "--json")
    monkeypatch.undo()
    assert answer.code == 130
    assert answer.err == "Stopping after this batch.\n"
    assert answer.lines[-1]["reason"] == "stopped"
    return trained

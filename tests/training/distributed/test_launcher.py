"""The processes of a training are started, watched and ended together, and their failures said."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from workbench.core.errors import RunError, UsageError
from workbench.training.control import Control
from workbench.training.distributed import commands, launcher
from workbench.training.distributed.commands import Start
from workbench.training.distributed.launcher import Launcher
from workbench.training.distributed.obeying import obey_stdin

WAITS = "import sys; sys.stdin.read()"
ENDS_WELL = "pass"


def started(*codes: str, hosts: tuple[str, ...] = ()) -> Launcher:
    """Processes that run these lines of Python."""
    names = hosts or ("",) * len(codes)
    return Launcher([Start(rank, (sys.executable, "-c", code), {}, names[rank]) for rank, code in enumerate(codes)])


def test_all_well() -> None:
    outcome = started(ENDS_WELL, ENDS_WELL, ENDS_WELL).wait()
    assert (outcome.code, outcome.failure) == (0, "")


@pytest.mark.parametrize(("number", "rank"), [(signal.SIGKILL, 1), (signal.SIGSEGV, 2)])
def test_a_killed_process_is_named_and_the_others_end(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, rank: int
) -> None:
    monkeypatch.setattr(launcher, "ENDING_SECONDS", 0.1)
    dies = f"import os, sys; print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), {int(number)})"
    codes = [WAITS, WAITS, WAITS]
    codes[rank] = dies
    outcome = started(*codes).wait()
    assert outcome.code == 2
    assert f"rank {rank} (of 3, from 0) was ended by {number.name}. It said: last words" in outcome.failure


def test_exit_codes_are_those_of_the_training() -> None:
    assert started("raise SystemExit(130)", "raise SystemExit(130)").wait().code == 130
    assert started("raise SystemExit(1)", "raise SystemExit(1)").wait().code == 1


def prepared(folder: Path, handler: str) -> Launcher:
    """Two processes that have a handler for Ctrl+C by now: each says so through a pipe of its own."""
    pipes = [folder / str(rank) for rank in (0, 1)]
    for pipe in pipes:
        os.mkfifo(pipe)
    code = "import signal, sys; signal.signal(2, {}); open({!r}, 'w').close(); sys.stdin.read()"
    running = started(*(code.format(handler, str(pipe)) for pipe in pipes))
    for pipe in pipes:
        assert pipe.read_bytes() == b""
    return running


def test_both_are_asked_to_stop(tmp_path: Path) -> None:
    running = prepared(tmp_path, "lambda *_: sys.exit(130)")
    running.stop()
    outcome = running.wait()
    assert (outcome.code, outcome.failure) == (130, "")
    assert [process.returncode for process in running._processes] == [130, 130]


def test_what_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "STOPPING_SECONDS", 0.1)
    running = prepared(tmp_path, "signal.SIG_IGN")
    running.stop()
    outcome = running.wait()
    assert outcome.code == 2
    assert "was ended by SIGKILL" in outcome.failure


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(RunError, match="there is no no-such-program here"):
        Launcher([Start(0, (sys.executable, "-c", WAITS)), Start(1, ("no-such-program",))])


@pytest.mark.parametrize(("code", "told"), [(255, "ssh could not reach b"), (127, "b lacks the program")])
def test_what_ssh_answers_is_said(code: int, told: str) -> None:
    says = f"import sys; sys.stderr.write('Permission denied\\n'); sys.exit({code})"
    outcome = started(ENDS_WELL, says, hosts=("a", "b")).wait()
    assert outcome.code == 2
    assert told in outcome.failure
    assert "Permission denied" in outcome.failure


@pytest.mark.parametrize("text", ["", "a,", "-oProxyCommand=x", "a b", "a,a", "a,\tb\n c"])
def test_names_of_machines_are_checked(text: str) -> None:
    with pytest.raises(UsageError, match="--hosts"):
        commands.hosts_of(text)


def test_machines_are_named() -> None:
    assert commands.hosts_of("a, me@b.example,10.0.0.3") == ["a", "me@b.example", "10.0.0.3"]


def test_the_cores_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    for cores, processes, threads in ((8, 2, "4"), (2, 4, "1"), (7, 3, "2")):
        monkeypatch.setattr(commands, "_cores", lambda cores=cores: cores)
        starts = commands.on_this_machine(["train", "x"], processes, 1234)
        assert {start.environment["OMP_NUM_THREADS"] for start in starts} == {threads}
        assert [start.environment["RANK"] for start in starts] == [str(rank) for rank in range(processes)]


def test_every_process_over_ssh_has_its_rank() -> None:
    starts = commands.over_ssh(["train", "a b.cnn"], ["me@x", "y"], 2, 4000)
    assert [start.host for start in starts] == ["me@x", "me@x", "y", "y"]
    for rank, start in enumerate(starts):
        assert f"RANK={rank} LOCAL_RANK={rank % 2} WORLD_SIZE=4 MASTER_ADDR=x MASTER_PORT=4000" in start.words[-1]
        assert "'a b.cnn'" in start.words[-1]


class TestWords:
    def listening(self) -> tuple[Control, int]:
        reading, writing = os.pipe()
        control = Control()
        self.thread = obey_stdin(control, reading)
        return control, writing

    def test_words_are_obeyed_in_turn_and_the_end_stops(self) -> None:
        control, writing = self.listening()
        os.write(writing, b"rate 0.5\nra")
        os.write(writing, b"te nonsense\nunknown\nsnapshot\nhold\n")
        os.close(writing)
        self.thread.join(10)
        assert control.take_lr() == 0.5
        assert control.take_snapshot()
        assert control.is_cancelled
        assert not control.is_held  # what is to stop is not held

    def test_what_is_held_goes_on(self) -> None:
        control = Control()
        control.hold()
        assert control.is_held
        control.wait_while_held(0.0)
        control.go_on()
        assert not control.is_held
        control.cancel()
        control.hold()
        assert not control.is_held

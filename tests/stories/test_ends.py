"""However a window ends, nothing is lost: closed in every state, killed while somebody edits."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.conftest import small_project
from workbench.project import storage
from workbench.project.recovery import left_behind
from workbench.training import checkpoint
from workbench.training.run_folder import list_runs

ROOT = Path(__file__).parents[2]
MOST_LOST_SECONDS = 5.0
KILLS = int(os.environ.get("CNN_WORKBENCH_KILLS", "2"))


def environment(folder: Path) -> dict[str, str]:
    """Settings, state and logs of this test's own."""
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    return {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}


def state_of(folder: Path) -> Path:
    return folder / "state" / "cnn-workbench"


@pytest.mark.slow
@pytest.mark.parametrize("state", ["idle", "preparing", "training", "validating", "saving", "error"])
def test_closing_in_every_state_ends_well(tmp_path: Path, state: str) -> None:
    path = small_project(tmp_path)
    command = [sys.executable, "-m", "tests.stories.killed_window", "close", state, str(path)]
    result = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Traceback" not in result.stderr
    runs = list_runs(storage.runs_folder(path))
    assert len(runs) == (0 if state in ("idle", "preparing", "error") else 1)  # a stopped reading begins no run
    assert state != "error" or "no-such-run" in result.stderr or "no runs yet" in result.stderr
    for run in runs:
        ending = run.ending()
        assert ending is not None
        assert ending["reason"] == "stopped" or state == "saving"  # held in its last checkpoint it may have ended
        found, notes = checkpoint.newest(run.checkpoints, "step")
        assert found is not None
        assert notes == []
    assert left_behind(state_of(tmp_path)) == []


@pytest.mark.slow
def test_saving_on_the_way_out_keeps_what_was_learnt(tmp_path: Path) -> None:
    path, target = small_project(tmp_path), tmp_path / "kept.cnn"
    command = [sys.executable, "-m", "tests.stories.killed_window", "save-and-close", str(path), str(target)]
    result = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    (run,) = list_runs(storage.runs_folder(target))
    ending = run.ending()
    assert ending is not None
    assert ending["reason"] == "stopped"
    assert storage.load(target).data["options"] == {"path": "small.npz"}
    assert left_behind(state_of(tmp_path)) == []


def edits_of(log: Path) -> list[tuple[int, float]]:
    """Number and time of every edit that was made."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(int(number), float(at)) for number, at in (line.split() for line in lines)]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_loses_at_most_five_seconds(tmp_path: Path, number: int) -> None:
    path, log = small_project(tmp_path), tmp_path / "log"
    before = path.read_bytes()
    command = [sys.executable, "-m", "tests.stories.killed_window", "edit", str(path), str(log)]
    victim = subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: len(edits_of(log)) >= 2 and any(state_of(tmp_path).glob("open/*/unsaved.cnn")), victim)
        moment = time.monotonic() + random.Random(number).uniform(0.0, 4.0)
        wait_for(lambda: time.monotonic() >= moment, victim)
    finally:
        killed = time.time()
        victim.kill()
        victim.wait()
    edits = edits_of(log)
    (found,) = left_behind(state_of(tmp_path))
    recovered = int(found.project().notes)
    assert 1 <= recovered <= edits[-1][0]  # a prefix of what was done
    lost = [at for step, at in edits if step > recovered]
    assert not lost or killed - lost[0] <= MOST_LOST_SECONDS
    assert path.read_bytes() == before  # the user's own file is not touched
    assert found.origin == path


def wait_for(is_so: Callable[[], bool], victim: subprocess.Popen[bytes]) -> None:
    """Looks at the victim until something is so; it must live that long."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert victim.poll() is None
        assert time.monotonic() < deadline
        with contextlib.suppress(subprocess.TimeoutExpired):
            victim.wait(0.02)

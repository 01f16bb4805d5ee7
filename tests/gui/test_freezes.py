"""A window that stands still leaves behind what its threads were doing, and is not harmed by being looked at."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core.append_log import AppendLog
from workbench.gui.app.freezes import FreezeWatch

SECONDS = 0.05


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AppendLog]:
    made = AppendLog(tmp_path / "freeze.txt")
    yield made
    made.close()


def is_written(log: AppendLog, times: int) -> bool:
    """Waits until the log has been written to so often; standing still meanwhile, as a window would."""
    for _ in range(2_000):
        if log.path.read_text().count("Nothing went on") >= times:
            return True
        threading.Event().wait(0.005)
    return False


def test_what_stands_still_is_named_with_its_callers_once_for_each_time(log: AppendLog) -> None:
    watch = FreezeWatch(log, SECONDS)
    watch.beat()
    assert is_written(log, 1)
    first = log.path.read_text()
    watch.beat()  # it goes on, and stands still again
    assert is_written(log, 2)
    watch.stop()
    assert "Nothing went on for 0.05 seconds." in first
    assert first.index("in is_written") < first.index(
        "in test_what_stands_still_is_named_with_its_callers_once_for_each_time"
    )
    assert "Thread MainThread" in first
    assert "freeze watch" not in first  # the one that writes
    assert log.path.read_text().count("Nothing went on") == 2


def test_what_has_not_begun_or_has_ended_stands_not_still(log: AppendLog) -> None:
    watch = FreezeWatch(log, SECONDS)
    watch._thread.join(5 * SECONDS)
    assert watch._thread.is_alive()
    watch.stop()
    assert not watch._thread.is_alive()
    assert not log.path.read_text()


def test_a_program_that_is_looked_at_while_it_works_goes_on(tmp_path: Path) -> None:
    """It ended with a segmentation fault while `faulthandler` read its stacks; of five such seconds in four."""
    script = """
import sys, threading, time
from pathlib import Path
from workbench.core.append_log import AppendLog
from workbench.gui.app.freezes import FreezeWatch
def deep(n):
    return [] if n == 0 else [*deep(n - 1), n]
watch = FreezeWatch(AppendLog(Path(sys.argv[1])), 0.0005)
ends = time.monotonic() + 2
while time.monotonic() < ends:
    watch.beat()
    for size in (3, 200, 40):
        deep(size)
    exec("def f(x):\\n return (x for x in range(x))\\nlist(f(9))")
def stands_still():
    while "in stands_still" not in Path(sys.argv[1]).read_text():
        threading.Event().wait(0.01)
watch.beat()
stands_still()
watch.stop()
"""
    log = tmp_path / "freeze.txt"
    done = subprocess.run([sys.executable, "-c", script, str(log)], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "in stands_still" in log.read_text()

"""A window that is used for long: train, hold, step, look, edit, undo, stop, other panels, again and again.

python bench/soak.py --seed 1 --minutes 30

After each cycle, with everything at rest, threads, open files, Python objects, widgets and resident memory are counted.
Through the cycles after the tenth a line is fitted. The rule: memory grows by at most 20 kB a cycle (or by no more than
the line can tell from nothing, where it is short: twice its standard error), and nothing else grows.
"""

from __future__ import annotations

import ctypes
import gc
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign import Tally, options, slope, small_project

WARM, MOST_KB, MOST_OBJECTS = 10, 20.0, 1.0  # cycles that are not counted; growth a cycle
EDITS, KEPT_RUNS, PATIENCE = 6, 2, 60.0
NODES = ("conv1", "conv2", "pool1", "fc3")


@dataclass(frozen=True)
class Sample:
    """What the process holds at rest: memory in bytes, the others in numbers."""

    memory: int
    threads: int
    files: int
    objects: int
    widgets: int


def take() -> Sample:
    """Counts, after everything that is no longer needed has been given back."""
    from PyQt6.QtCore import QEvent
    from PyQt6.QtWidgets import QApplication

    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for _ in range(3):
        gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Sample(
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        threads=len(living_threads()),
        files=len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        objects=len(gc.get_objects()),
        widgets=len(QApplication.allWidgets()),
    )


def living_threads() -> list[threading.Thread]:
    """Returns the threads that there are; Python keeps what it knew of one that Qt has ended for good."""
    return [thread for thread in threading.enumerate() if Path(f"/proc/self/task/{thread.native_id}").exists()]


def wait(until: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Runs the event loop until something is so.

    Raises:
        TimeoutError: it did not become so in time.
    """
    from PyQt6.QtCore import QEventLoop, QTimer

    loop, timer, end = QEventLoop(), QTimer(), time.monotonic() + seconds
    timer.timeout.connect(lambda: loop.exit(0) if until() else loop.exit(1) if time.monotonic() > end else None)
    timer.start(10)
    is_late = loop.exec()
    timer.stop()
    if is_late:
        raise TimeoutError(f"{what} did not come within {seconds:.0f} s")


def cycle(window: Any, chance: random.Random) -> None:
    """Everything once, and back to where it began.

    Raises:
        TimeoutError: the window did not get there.
    """
    runner, steps = window.runner, chance.randrange(2, 9)
    window.workspaces.show("Train")
    runner.run()
    wait(lambda: runner.state == "running" and window.strip.bar.value() >= steps, "the training")
    runner.pause()
    runner.one_batch()
    wait(lambda: runner.state == "paused", "the one batch")
    look(window, chance)
    edit(window, chance)
    runner.run()
    window.workspaces.show(chance.choice(("Train", "Look", "Compare", "Build")))
    wait(lambda: window.strip.bar.value() >= steps + 4, "the training that was held")
    runner.stop()
    wait(lambda: runner.state == "idle", "the stop")
    for name in ("Compare", "Data", "Build"):
        window.workspaces.show(name)
        wait(lambda: not window.panels.data.reader.is_busy and not window.panels.runs._job.is_busy, f"the panel {name}")
    window.session.select([window.session.graph.named(NODES[0]).id])  # every cycle ends with the same on the screen
    window.panels.look.choose_view("filters")
    forget_runs(window)
    wait(lambda: is_at_rest(window), "rest")


def look(window: Any, chance: random.Random) -> None:
    """Looks at nodes while a run is held, by a view of each that is drawn."""
    window.workspaces.show("Look")
    panel, graph = window.panels.look, window.session.graph
    for name in chance.sample(NODES, 3):
        window.session.select([graph.named(name).id])
        wait(lambda: not panel.is_busy, f"the look at {name}")
        views = panel.header._views
        panel.choose_view(views.itemData(chance.randrange(max(1, views.count()))) or "")
        wait(lambda: not panel.is_busy, f"a view of {name}")


def edit(window: Any, chance: random.Random) -> None:
    """Makes edits of all kinds, and takes every one back."""
    from workbench.core.edits import MISSING, SetField, SetParam
    from workbench.project.document import SetSetting

    session = window.session
    for number in range(EDITS):
        node = session.graph.named(chance.choice(NODES[:2]))
        x, y = node.position
        session.push(
            chance.choice((
                SetField(node.id, "position", node.position, (x + 8.0, y), node.name),
                SetField(node.id, "frozen", node.frozen, not node.frozen, node.name),
                SetParam(node.id, "dilation", node.params.get("dilation", MISSING), 1 + number % 2, node.name),
                SetSetting("notes", (), session.project.notes, f"note {chance.random()}"),
            ))
        )  # fmt: skip
    for _ in range(EDITS):
        session.undo_stack.undo()


def forget_runs(window: Any) -> None:
    """Deletes all runs but the newest, as their table does, since more runs are more rows."""
    from workbench.project.storage import runs_folder
    from workbench.training.run_folder import list_runs

    for run in list_runs(runs_folder(window.session.run_path))[:-KEPT_RUNS]:
        run.delete()
    window.panels.runs.refresh()


def is_at_rest(window: Any) -> bool:
    """Whether no work is under way."""
    from workbench.gui.threads.worker import ABANDONED

    jobs = (window.panels.runs._job, window.panels.data.reader, window.runner._job)
    is_writing = any(thread.name.startswith("checkpoints") for thread in living_threads())
    return not any((is_writing, ABANDONED, window.panels.look.is_busy, *(job.is_busy for job in jobs)))


@dataclass(frozen=True)
class Growth:
    """What a cycle adds: in kB (with the standard error of that), and in numbers."""

    kilobytes: float
    error: float
    objects: float
    threads: int
    files: int
    widgets: int


def growth(samples: Sequence[Sample]) -> Growth:
    """Fits lines through samples of cycles."""
    memory = [(float(number), sample.memory / 1000) for number, sample in enumerate(samples)]
    kilobytes = slope(memory)
    level = sum(size for _, size in memory) / len(memory) - kilobytes * (len(memory) - 1) / 2
    scatter = sum((size - level - kilobytes * number) ** 2 for number, size in memory)
    width = sum((number - (len(memory) - 1) / 2) ** 2 for number, _ in memory)
    error = (scatter / max(1, len(memory) - 2) / width) ** 0.5 if width else 0.0
    # Each sample that is kept is an object itself.
    objects = slope([(float(number), float(sample.objects - number)) for number, sample in enumerate(samples)])
    return Growth(kilobytes, error, objects, *(_rise(samples, name) for name in ("threads", "files", "widgets")))


def _rise(samples: Sequence[Sample], name: str) -> int:
    """By how much the usual number of the last third is above that of the first third."""
    values, third = [getattr(sample, name) for sample in samples], -(-len(samples) // 3)
    return int(statistics.median_high(values[-third:]) - statistics.median_high(values[:third]))


def judge(samples: Sequence[Sample], tally: Tally) -> None:
    """Holds what was counted to the rule."""
    found = growth(samples)
    seen = f"{found.kilobytes:.1f} ± {found.error:.1f} kB, {found.objects:.2f} objects a cycle"
    print(f"{len(samples)} cycles: {seen}; {samples[0]} ... {samples[-1]}", flush=True)
    if found.kilobytes > MOST_KB and found.kilobytes > 2 * found.error:
        tally.fail(f"memory grows: {seen}")
    if found.objects > MOST_OBJECTS:
        tally.fail(f"Python objects grow: {seen}")
    for name in ("threads", "files", "widgets"):
        if getattr(found, name) > 0:
            tally.fail(f"{name} grew by {getattr(found, name)}")


def main() -> int:
    """Uses a window for so long."""
    parser = options(__doc__ or "", count=1_000_000)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (30)")
    asked = parser.parse_args()
    from window import window_on

    from workbench.gui.app.application import quiet_qt

    quiet_qt()
    samples: list[Any] = []
    tally, chance = Tally("soak"), random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        path = small_project(Path(name), epochs=100_000)
        end = time.monotonic() + asked.minutes * 60
        with window_on(path, Path(name)) as window:
            while time.monotonic() < end and len(samples) < asked.count:
                cycle(window, chance)
                samples.append(take())
                tally.note("cycles")
                if len(samples) % 50 == 0:
                    print(f"{len(samples)} {samples[-1]}", flush=True)
    if len(samples) < WARM + 3:
        tally.fail(f"only {len(samples)} cycles, too few to tell")
    else:
        judge(samples[WARM:], tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

"""Measures the window: how late it answers while a network trains, what it costs the training, and what it leaks.

python bench/window.py late        lateness of a 10 ms timer, idle and training, in one run
python bench/window.py rate        steps a second in the window against the same run without one, interleaved
python bench/window.py leak        memory after opening and closing a window with a trained run, 60 times
python bench/window.py start       from the start of the process to the first picture
python bench/window.py cycles      starting and stopping a training at random moments, 300 times
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from workbench.core import process

process.prepare()

TIMER_MS, SECONDS, ROUNDS, CYCLES, STARTS = 10, 20.0, 5, 60, 300


def project_in(folder: Path, epochs: int) -> Path:
    """The example with so many epochs, in a folder of its own."""
    from workbench.core.resources import example
    from workbench.project import storage

    project = storage.load(example("lenet5-digits.cnn"))
    path = folder / "digits.cnn"
    storage.save(replace(project, training={**project.training, "epochs": epochs}), path)
    return path


@lru_cache(maxsize=1)
def application() -> Any:
    """The one application object; it must outlive every window."""
    from workbench.gui.app.application import make_app

    return make_app()


@contextmanager
def window_on(path: Path, folder: Path) -> Iterator[Any]:
    """A whole window on a project, with all its panels."""
    from workbench.gui.document.session import Session
    from workbench.gui.widgets import theme
    from workbench.gui.widgets.user_settings import Settings
    from workbench.gui.window.main_window import MainWindow
    from workbench.project import storage

    app = application()
    theme.apply(app, theme.DARK)
    window = MainWindow(Session(storage.load(path), path), theme.DARK, Settings(folder / "s.ini"), folder / "state")
    window.show()
    window.load_rest()
    window.workspaces.show("Train")
    wait(0.3)
    try:
        yield window
    finally:
        window.end_unasked()
        wait(0.05)
        window.deleteLater()
        wait(0.05)


def wait(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """Runs the event loop for so long, or until something is so."""
    from PyQt6.QtCore import QEventLoop, QTimer

    loop, timer = QEventLoop(), QTimer()
    end = time.monotonic() + seconds
    timer.timeout.connect(lambda: loop.quit() if time.monotonic() > end or until() else None)
    timer.start(20)  # each look takes Python's lock
    loop.exec()


def lateness(seconds: float) -> dict[str, float]:
    """How late a timer comes, in milliseconds."""
    from PyQt6.QtCore import Qt, QTimer

    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, (now - last) * 1000 - TIMER_MS))
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TIMER_MS)
    wait(seconds)
    timer.stop()
    ordered = sorted(late)
    return {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
        "max": round(ordered[-1], 2),
    }


def late() -> dict[str, Any]:
    """Idle against training with the plot live, and with the Look workspace live."""
    import torch  # noqa: F401 - loading it is not what is measured

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with window_on(project_in(folder, 100_000), folder) as window:
            idle = lateness(SECONDS)
            window.runner.run()
            wait(30, lambda: window.strip.bar.value() > 20)
            training = lateness(SECONDS)
            window.workspaces.show("Look")
            window.session.select([window.session.graph.named("conv2").id])
            wait(2)
            looking = lateness(SECONDS)
            window.runner.shut_down()
    return {"idle": idle, "training": training, "training and looking": looking}


def bare_rate(folder: Path, seconds: float) -> float:
    """Steps a second of the run without a window."""
    from workbench.project import runs, storage
    from workbench.training.engine import train
    from workbench.training.events import StepEnded

    path = project_in(folder, 100_000)
    first = last = 0.0
    steps = 0
    for event in train(runs.new_job(storage.load(path), path)):
        if isinstance(event, StepEnded):
            last = time.perf_counter()
            steps += 1
            if steps == 40:
                first = last
            if steps > 40 and last - first > seconds:
                break
    return (steps - 40) / (last - first)


def window_rate(folder: Path, seconds: float) -> float:
    """Steps a second of the same run in the window."""
    with window_on(project_in(folder, 100_000), folder) as window:
        window.runner.run()
        wait(60, lambda: window.strip.bar.value() > 40)
        start, first = time.perf_counter(), window.strip.bar.value()
        wait(seconds)
        rate = (window.strip.bar.value() - first) / (time.perf_counter() - start)
        window.runner.shut_down()
    return float(rate)


def rate() -> dict[str, Any]:
    """Each in a process of its own, in turns; the ratio of neighbours."""
    ratios, rows = [], []
    for _ in range(ROUNDS):
        pair = [_own_process(kind) for kind in ("bare", "in-window")]
        rows.append([round(each, 1) for each in pair])
        ratios.append(pair[1] / pair[0])
    return {"steps a second (bare, window)": rows, "median ratio": round(statistics.median(ratios), 3),
            "lowest": round(min(ratios), 3)}  # fmt: skip


def _own_process(kind: str) -> float:
    command = [sys.executable, __file__, kind]
    return float(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def _rate_of(kind: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        return (bare_rate if kind == "bare" else window_rate)(Path(name), SECONDS / 2)


def memory() -> int:
    """Resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def leak() -> dict[str, Any]:
    """Growth per cycle after the tenth."""
    from PyQt6.QtCore import QEvent
    from PyQt6.QtWidgets import QApplication

    from workbench.project import runs, storage
    from workbench.training.engine import train

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = project_in(folder, 1)
        list(train(runs.new_job(storage.load(path), path)))
        sizes, widgets = [], []
        for _ in range(CYCLES):
            with window_on(path, folder) as window:
                window.workspaces.show("Look")
                window.session.select([window.session.graph.named("conv2").id])
                wait(0.5)
                wait(10, lambda: not window.panels.look.is_busy)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            gc.collect()
            sizes.append(memory())
            widgets.append(len(QApplication.allWidgets()))
    growth = (sizes[-1] - sizes[10]) / (len(sizes) - 11) / 1000
    return {"kB a cycle after the tenth": round(growth, 1), "widgets": [widgets[10], widgets[-1]],
            "MB": [round(sizes[at] / 1e6, 1) for at in (0, 10, 20, 40, len(sizes) - 1)]}  # fmt: skip


START_SCRIPT = """
import sys, time
from pathlib import Path
from workbench.core import process
process.prepare()
from workbench.gui.app import opening, start as app
from workbench.gui.window.main_window import MainWindow
original = MainWindow.showEvent
from PyQt6.QtCore import QTimer
def first_paint(self):
    self.grab()
    heavy = [name for name in ("torch", "pyqtgraph", "torchvision") if name in sys.modules]
    print(time.time() - float(sys.argv[1]), heavy, flush=True)
    import os
    os._exit(0)
def load_rest(self):
    first_paint(self)
MainWindow.load_rest = load_rest
app.REST_MS = 0
made_with, picture = opening.begin("")
app.run("", made_with)
"""


def start() -> dict[str, Any]:
    """Seconds to the first picture, in processes of their own, caches warm."""
    times = []
    with tempfile.TemporaryDirectory() as name:
        places = {f"XDG_{each}_HOME": name for each in ("CONFIG", "STATE", "CACHE", "DATA")}
        for _ in range(7):
            command = [sys.executable, "-c", START_SCRIPT, str(time.time())]
            found = subprocess.run(
                command, capture_output=True, text=True, check=True, env={**os.environ, **places, "HOME": name}
            )
            seconds, heavy = found.stdout.split(" ", 1)
            assert heavy.strip() == "[]", heavy
            times.append(round(float(seconds), 3))
    return {"first": times[0], "median of the others": statistics.median(times[1:]), "all": times}


def cycles() -> dict[str, Any]:
    """Starts and stops at random moments: no crash, no thread left, every stop within two seconds."""
    chance, waits = random.Random(0), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with window_on(project_in(folder, 1000), folder) as window:
            before = threading.active_count()
            for _ in range(STARTS):
                window.runner.run()
                wait(chance.uniform(0, 0.5))
                begun = time.monotonic()
                window.runner.stop()
                wait(20, lambda: window.runner.state == "idle")
                waits.append(time.monotonic() - begun)
                assert window.runner.state == "idle"
            left = threading.active_count() - before
    return {"cycles": STARTS, "threads left": left, "longest stop": round(max(waits), 2),
            "p99": round(sorted(waits)[int(0.99 * STARTS)], 2)}  # fmt: skip


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what in ("bare", "in-window"):
        print(json.dumps(_rate_of(what)))
        return
    measures = {each.__name__: each for each in (late, rate, leak, start, cycles)}
    if what not in measures:
        sys.exit(__doc__)
    print(json.dumps(measures[what](), indent=1))


if __name__ == "__main__":
    main()

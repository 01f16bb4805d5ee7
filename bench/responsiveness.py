"""Measures how the window answers, and what it takes, while a network trains.

python bench/responsiveness.py [--quick]

Lateness is that of a 10 ms timer of the window; idle, training with a million points on the curve, and looking at
feature maps meanwhile, in one process. The window's share is the CPU time of its own thread, while no timer of this
measurement runs in it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import figures
import numpy as np
from figures import Figure
from window import lateness, project_in, wait, window_on

SECONDS, QUICK_SECONDS, POINTS = 15.0, 5.0, 1_000_000


def put_points(window: Any, count: int) -> None:
    """Puts so many points before those of the run that is drawn."""
    data = window.panels.train.curves.data
    later = data.batches
    places = np.linspace(0, 0.01, count, dtype=np.float32)
    data.batches = type(later)()
    data.batches.extend(places, np.random.default_rng(0).random(count, dtype=np.float32) + 1)
    data.batches.extend(later.x.values, later.y.values)


def share_of_thread(seconds: float) -> float:
    """Runs the event loop for so long, and returns which share of a core this thread took."""
    from PyQt6.QtCore import QEventLoop, QTimer

    loop, timer = QEventLoop(), QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(round(1000 * seconds))
    started, begun = time.thread_time(), time.monotonic()
    loop.exec()
    return (time.thread_time() - started) / (time.monotonic() - begun)


def measure(quick: bool) -> list[Figure]:
    """Goals 4 and 5, and design.md's rule of responsiveness."""
    import torch  # noqa: F401 - loading it is measured elsewhere

    seconds = QUICK_SECONDS if quick else SECONDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with window_on(project_in(folder, 100_000), folder) as window:
            wait(2)
            idle = lateness(seconds)
            window.runner.run()
            wait(60, lambda: window.strip.bar.value() > 20)
            put_points(window, POINTS)
            training = lateness(seconds)
            share = share_of_thread(seconds)
            window.workspaces.show("Look")
            window.session.select([window.session.graph.named("conv2").id])
            wait(2)
            looking = lateness(seconds)
            window.runner.shut_down()
    floor = max(idle["p99"], 0.5)  # half a millisecond is what the timer itself is late by
    return [
        figures.plain("4", "lateness p99, idle", idle["p99"], "ms"),
        figures.at_most("4", "lateness p99, training with 10^6 points", training["p99"], 16, "ms"),
        figures.at_most("4", "the same to idle", training["p99"] / floor, 2),
        figures.at_most("4", "latest, training with 10^6 points", training["max"], 100, "ms"),
        figures.at_most("4", "lateness p99, looking while it trains", looking["p99"], 16, "ms"),
        figures.at_most("4", "latest, looking while it trains", looking["max"], 100, "ms"),
        figures.at_most("5", "the window's share of a core, 10^6 points", share, 0.05, "cores"),
    ]


if __name__ == "__main__":
    figures.run(measure)

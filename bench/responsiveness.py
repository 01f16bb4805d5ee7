"""Measures how the window answers, and what it takes, while a network trains and while much is to be shown.

python bench/responsiveness.py [--quick]

Lateness is that of a 10 ms timer of the window; idle, training with a million points on the curve, looking at feature
maps meanwhile, listing hundreds of runs, and drawing the maps of a large network, in one process. The window's share
is the CPU time of its own thread, while no timer of this measurement runs in it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import figures
import numpy as np
from figures import Figure
from runs import make_runs
from window import lateness, project_in, wait, window_on

SECONDS, QUICK_SECONDS, POINTS = 15.0, 5.0, 1_000_000
RUNS, STEPS = 500, 2000
LAYER = "layer3.0.conv1"  # of resnet18: 256 maps of a picture of 224 pixels


def put_points(window: Any, count: int) -> None:
    """Puts so many points before those of the run that is drawn."""
    data = window.panels.train.curves.data
    later = data.batches
    places = np.linspace(0, 0.01, count, dtype=np.float32)
    data.batches = type(later)()
    data.batches.extend(places, np.random.default_rng(0).random(count, dtype=np.float32) + 1)
    data.batches.extend(later.x.values, later.y.values)


def listing(folder: Path, seconds: float) -> dict[str, float]:
    """Lateness while hundreds of runs are read and listed in the panel that is shown."""
    project = folder / "many.cnn"
    make_runs(project, RUNS, STEPS)
    hidden = project.with_suffix(".runs").rename(folder / "runs")
    with window_on(project, folder) as window:
        wait(2)
        hidden.rename(project.with_suffix(".runs"))
        window.panels.runs.refresh()
        found = lateness(seconds)
        assert len(window.panels.train.runs.rows) == RUNS
        window.runner.shut_down()
    return found


def large_grid(folder: Path, seconds: float) -> dict[str, float]:
    """Lateness while the maps of a large network are worked out and drawn, one layer after the other."""
    from workbench.project import storage
    from workbench.project.new_project import create

    project = folder / "large.cnn"
    storage.save(create("resnet18", None, folder)[0], project)
    with window_on(project, folder) as window:
        window.workspaces.show("Look")
        window.session.select([window.session.graph.named("layer1.0.conv1").id])
        wait(2)
        window.session.select([window.session.graph.named(LAYER).id])
        found = lateness(seconds)
        window.runner.shut_down()
    return found


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
        listed, drawn = listing(folder, seconds), large_grid(folder, seconds)
    floor = max(idle["p99"], 0.5)  # half a millisecond is what the timer itself is late by
    return [
        figures.plain("4", "lateness p99, idle", idle["p99"], "ms"),
        figures.at_most("4", "lateness p99, training with 10^6 points", training["p99"], 16, "ms"),
        figures.at_most("4", "the same to idle", training["p99"] / floor, 2),
        figures.at_most("4", "latest, training with 10^6 points", training["max"], 100, "ms"),
        figures.at_most("4", "lateness p99, looking while it trains", looking["p99"], 16, "ms"),
        figures.at_most("4", "latest, looking while it trains", looking["max"], 100, "ms"),
        figures.at_most("4", f"lateness p99, {RUNS} runs are listed", listed["p99"], 16, "ms"),
        figures.at_most("4", f"latest, {RUNS} runs are listed", listed["max"], 100, "ms"),
        figures.at_most("4", "lateness p99, 256 maps of a picture of 224 pixels are drawn", drawn["p99"], 16, "ms"),
        figures.at_most("4", "latest, 256 maps of a picture of 224 pixels are drawn", drawn["max"], 100, "ms"),
        figures.at_most("5", "the window's share of a core, 10^6 points", share, 0.05, "cores"),
    ]


if __name__ == "__main__":
    figures.run(measure)

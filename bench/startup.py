"""Measures the start of the window: until its first picture, and how long it stands still while libraries load.

python bench/startup.py [--quick]

Each start is a process of its own, and the kinds take turns. Beside the program stand a window that is made after torch
was imported, and a plain window in which a thread imports torch and pyqtgraph.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile

import figures
from figures import Figure

ROUNDS, SECONDS = 5, 5.0
TICKS = """
import json, sys, time
late, last, started = [], [0.0], time.perf_counter()
def watch(app, until):
    from PyQt6.QtCore import QTimer, Qt
    def tick():
        now = time.perf_counter()
        late.append(now - last[0])
        last[0] = now
        if now - started > float(sys.argv[1]) or until():
            print(json.dumps({"cpu": first_paint[0], "window": window_paint[0], "stall": max(late)}), flush=True)
            import os
            os._exit(0)
    timer = QTimer(app)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    last[0] = time.perf_counter()
    timer.start(5)
first_paint, window_paint = [0.0], [0.0]
"""
OURS = (
    TICKS
    + """
from workbench.core import process
process.prepare()
from workbench.gui.app import opening
made_with, picture = opening.begin("")
picture.grab()
first_paint[0] = time.process_time()
from workbench.gui.app import start
made = start.make_window
def make_window(*arguments):
    window = made(*arguments)
    shown = window.show
    def show():
        shown()
        window.grab()
        window_paint[0] = time.process_time()
        watch(window, lambda: "torch" in sys.modules and hasattr(sys.modules["torch"], "compile")
              and window.panels is not None)
    window.show = show
    return window
start.make_window = make_window
start.run("", made_with)
"""
)
WINDOW = """
from PyQt6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.show()
window.grab()
first_paint[0] = time.process_time()
"""
TORCH_FIRST = (
    TICKS
    + "import torch, pyqtgraph"
    + WINDOW
    + 'print(json.dumps({"cpu": first_paint[0], "window": first_paint[0], "stall": 0.0}))\n'
)
PLAIN_THREAD = (
    TICKS
    + WINDOW
    + """
import threading
def load():
    import numpy, pyqtgraph, torch
loader = threading.Thread(target=load, daemon=True)
watch(app, lambda: not loader.is_alive())
loader.start()
app.exec()
"""
)


def start(script: str) -> dict[str, float]:
    """One start, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        places = {f"XDG_{each}_HOME": home for each in ("CONFIG", "STATE", "CACHE", "DATA")}
        environment = {**os.environ, **places, "HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", script, str(SECONDS * 4)]
        found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(found.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(quick: bool) -> list[Figure]:
    """Goal 12."""
    kinds = {"ours": OURS, "torch first": TORCH_FIRST, "plain thread": PLAIN_THREAD}
    rounds = [{kind: start(script) for kind, script in kinds.items()} for _ in range(2 if quick else ROUNDS)]
    ours = [each["ours"]["cpu"] for each in rounds]
    earlier = [each["torch first"]["cpu"] / each["ours"]["cpu"] for each in rounds]
    windows = [each["ours"]["window"] for each in rounds]
    of_window = [each["torch first"]["cpu"] / each["ours"]["window"] for each in rounds]
    stalls = [each["ours"]["stall"] for each in rounds]
    ratios = [each["ours"]["stall"] / each["plain thread"]["stall"] for each in rounds]
    return [
        figures.plain("12", "CPU until the first picture, which says what is opened", statistics.median(ours), "s"),
        figures.plain("12", "CPU until the window is there with its canvas", statistics.median(windows), "s"),
        figures.at_least("12", "first picture with torch imported first, to ours", statistics.median(earlier), 15),
        figures.plain(
            "12", "first picture with torch imported first, to the window", statistics.median(of_window), "x"
        ),
        figures.plain("12", "longest stand-still while libraries load", statistics.median(stalls), "s"),
        figures.at_most("12", "stand-still to that of a plain import on a thread", statistics.median(ratios), 0.35),
    ]


if __name__ == "__main__":
    figures.run(measure)

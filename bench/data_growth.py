"""Measures how loading and memory grow with the pictures of a folder.

python bench/data_growth.py [--quick]

JPEG files of 128 pixels in colour. Loading stands beside a loop of Pillow in one process; memory is what the window
has at its peak with the panels Data and Look open while it trains, over what it has with a few hundred pictures.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import figures
from figures import Figure

SIDE, FEW, COUNTS, QUICK, ROUNDS = 128, 512, (5000, 20_000), (2000,), 3


def make_pictures(folder: Path, count: int) -> None:
    """Noise over a few shapes, in two classes; drawn once and copied with other bytes, as drawing is slow."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        coarse = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        picture.save(folder / "ab"[number % 2] / f"{number}.jpg", quality=85)


def load_seconds(folder: Path) -> tuple[float, float]:
    """Wall seconds of loading, ours and a loop of Pillow's."""
    import numpy as np
    from PIL import Image

    from workbench.data.config import DataConfig
    from workbench.data.loading import load

    config = DataConfig(source="folder", options={"path": str(folder), "width": SIDE, "height": SIDE, "channels": 3})
    start = time.perf_counter()
    dataset = load(config, folder)
    ours = time.perf_counter() - start
    assert dataset.size("train")
    files = sorted(folder.rglob("*.jpg"))
    start = time.perf_counter()
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB").resize((SIDE, SIDE))) for file in files])
    theirs = time.perf_counter() - start
    assert len(pixels) == len(files)
    return ours, theirs


def peak_of_window(folder: Path) -> int:
    """Peak memory in bytes of a process whose window trains on the folder with its panels open."""
    command = [sys.executable, __file__, "--window", str(folder)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def window_trains(folder: Path) -> int:
    """In a process of its own: its peak."""
    from window import wait, window_on

    from workbench.project import storage
    from workbench.project.new_project import create

    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "pictures.cnn"
        project, _ = create("lenet5", ("folder", {"path": str(folder)}), Path(home))
        storage.save(project, path)
        with window_on(path, Path(home)) as window:
            steps: list[Any] = []
            window.runner.events_arrived.connect(steps.extend)
            for workspace in ("Data", "Look", "Train"):
                window.workspaces.show(workspace)
                wait(120, lambda: window.panels.data.dataset is not None)
            window.runner.run()
            wait(240, lambda: len(steps) > 3)
            for workspace in ("Data", "Look", "Train"):
                window.workspaces.show(workspace)
                wait(1)
            window.runner.shut_down()
    lines = Path("/proc/self/status").read_text("ascii").splitlines()  # getrusage counts what started this process too
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def measure(quick: bool) -> list[Figure]:
    """Growth of loading and memory."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        few = Path(name) / "few"
        make_pictures(few, FEW)
        base = peak_of_window(few)
        for count in QUICK if quick else COUNTS:
            folder = Path(name) / str(count)
            make_pictures(folder, count)
            ratio = statistics.median(theirs / ours for ours, theirs in (load_seconds(folder) for _ in range(ROUNDS)))
            pixels = count * SIDE * SIDE * 3
            held = (peak_of_window(folder) - base) / pixels * count / (count - FEW)
            found.append(figures.at_least("growth", f"a loop of Pillow to our loading, {count:,} files", ratio, 2))
            found.append(figures.at_most("growth", f"peak memory to the pixels, {count:,} files", held, 1.5))
    return found


if __name__ == "__main__":
    if "--window" in sys.argv:
        print(window_trains(Path(sys.argv[-1])))
    else:
        figures.run(measure)

"""Training speed against the bare torch loop, per CPU second.

    python bench/train_speed.py [--quick]

Each measurement is a process of its own, the two loops take turns, and the ratio is formed within a round. The bare
loop is what everybody writes: float tensors in memory, a shuffled index, forward, backward, step, with torch's and
the C library's defaults. Ours is the whole engine: bytes in memory, normalisation, checks, metrics, events and log.
Both train the same network with the same optimiser on the same random pictures, with one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import figures
from figures import Figure

ROOT = Path(__file__).resolve().parent.parent
CASES = {
    "lenet5": {"template": "lenet5", "shape": (1, 28, 28), "batch": 256, "steps": 120},
    "small-resnet": {"template": "small-resnet", "shape": (3, 32, 32), "batch": 64, "steps": 40},
}
WARM_STEPS, ROUNDS = 8, 5


def dataset(case: dict[str, Any]) -> Any:
    """Random pictures in ten classes, enough for one epoch of the measured steps."""
    import numpy as np

    from workbench.core.values import Value
    from workbench.data.spec import Dataset

    rng = np.random.default_rng(0)
    count = case["batch"] * (case["steps"] + WARM_STEPS)
    images = rng.integers(0, 256, (count, *case["shape"]), dtype=np.uint8)
    labels = rng.integers(0, 10, count)
    classes = tuple(map(str, range(10)))
    fields = {"image": Value(case["shape"], "map", "uint8"), "label": Value((), "class", "int64", classes)}
    return Dataset(fields, {"train": {"image": images, "label": labels}})


def graph_of(case: dict[str, Any]) -> Any:
    """The template's network for these pictures."""
    from workbench.project.new_project import describe, find_template
    from workbench.project.templates.spec import GraphBuilder

    builder = GraphBuilder(describe(dataset({**case, "steps": 1})))
    find_template(case["template"])().build(builder)
    return builder.graph()


def ours(case: dict[str, Any]) -> float:
    """CPU seconds per step of the engine."""
    from workbench.data.config import DataConfig
    from workbench.training.config import TrainingConfig
    from workbench.training.engine import TrainingJob, train
    from workbench.training.events import StepEnded
    from workbench.training.run_folder import RunFolder

    with tempfile.TemporaryDirectory() as folder:
        config = TrainingConfig(epochs=1, schedule="constant", lr=1e-3)
        data = DataConfig(batch_size=case["batch"])
        job = TrainingJob(graph_of(case), config, data, dataset(case), RunFolder(Path(folder) / "run"), threads=1)
        started, steps = 0.0, 0
        for event in train(job):
            if isinstance(event, StepEnded):
                if event.step == WARM_STEPS:
                    started = time.process_time()
                elif event.step > WARM_STEPS:
                    steps += 1
                    if steps == case["steps"]:
                        return (time.process_time() - started) / steps
    raise RuntimeError("too few steps")


def bare(case: dict[str, Any]) -> float:
    """CPU seconds per step of the loop that everybody writes."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    data = dataset(case)
    images = (torch.from_numpy(data.splits["train"]["image"]).float() / 255 - 0.5) / 0.29
    labels = torch.from_numpy(data.splits["train"]["label"])
    model = bare_model(case["template"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    order = torch.randperm(len(labels))
    model.train()
    started = 0.0
    for step in range(WARM_STEPS + case["steps"]):
        if step == WARM_STEPS:
            started = time.process_time()
        index = order[step * case["batch"] : (step + 1) * case["batch"]]
        loss = F.cross_entropy(model(images[index]), labels[index])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch has no types there
        optimizer.step()
    return float((time.process_time() - started) / case["steps"])


def bare_model(name: str) -> Any:
    """The same network as plain torch modules."""
    from torch import nn

    if name == "lenet5":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )  # fmt: skip

    class Block(nn.Module):
        def __init__(self, before: int, width: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
            self.short: nn.Module = nn.Identity()
            if stride > 1:
                self.short = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

        def forward(self, x: Any) -> Any:
            y = self.bn1(self.conv1(x)).relu()
            return (self.bn2(self.conv2(y)) + self.short(x)).relu()

    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


def measured(kind: str, case: str) -> float:
    """One measurement in a fresh process, with the process settings that belong to its kind."""
    command = [sys.executable, __file__, "--one", kind, "--case", case]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return float(
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    )


def measure(quick: bool) -> list[Figure]:
    """Goal 1."""
    found = []
    for case in CASES:
        rounds = [(measured("bare", case), measured("ours", case)) for _ in range(2 if quick else ROUNDS)]
        ratio = statistics.median(theirs / mine for theirs, mine in rounds)
        found.append(figures.at_least("1", f"bare loop's CPU to ours, {case}", ratio, 1.15))
        found.append(figures.plain("1", f"a step of ours, {case}", 1000 * min(mine for _, mine in rounds), "CPU ms"))
    return found


def main() -> None:
    if "--one" not in sys.argv:
        figures.run(measure)
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", choices=["ours", "bare"])
    parser.add_argument("--case", choices=list(CASES))
    options = parser.parse_args()
    if options.one == "ours":
        from workbench.core import process

        process.prepare()
    print(json.dumps((ours if options.one == "ours" else bare)(CASES[options.case])))


if __name__ == "__main__":
    main()

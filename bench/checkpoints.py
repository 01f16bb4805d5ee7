"""Measures what checkpoints cost a training, and how fast they are read.

python bench/checkpoints.py [--quick]

A network of 52 MB (with the state of its optimiser) is trained with checkpoints and without, in turns; a file of
105 MB is read by the program and by torch.load, in turns.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import figures
from figures import Figure
from train_speed import dataset

STEPS, EVERY, WARM, ROUNDS, READS = 45, 10, 5, 5, 7
CASE = {"shape": (1, 28, 28), "batch": 256, "steps": STEPS}
WIDTHS = (2048, 1300)  # of two linear layers: 4.3 million weights, and two moments of each


def network() -> Any:
    """Large linear layers: few multiplications for many weights, so that a checkpoint is as dear as it can be."""
    from workbench.project.new_project import describe
    from workbench.project.templates.spec import GraphBuilder

    builder = GraphBuilder(describe(dataset({**CASE, "steps": 1})))
    x = builder.add("Flatten", "flatten", builder.image())
    for number, width in enumerate(WIDTHS):
        x = builder.add("ReLU", f"relu{number}", builder.add("Linear", f"fc{number}", x, out_features=width))
    builder.classify(builder.add("Linear", "scores", x, out_features=10))
    return builder.graph()


def longest_step(graph: Any, data: Any, every: int | None) -> tuple[float, float]:
    """The dearest step of a training after the first few, and the usual one: CPU seconds of its thread."""
    from workbench.data.config import DataConfig
    from workbench.training.config import TrainingConfig
    from workbench.training.engine import TrainingJob, train
    from workbench.training.events import StepEnded
    from workbench.training.run_folder import RunFolder

    with tempfile.TemporaryDirectory() as folder:
        config = TrainingConfig(epochs=1, schedule="constant", checkpoint_steps=every, checkpoint_seconds=10_000)
        job = TrainingJob(graph, config, DataConfig(batch_size=256), data, RunFolder(Path(folder) / "run"))
        spent, last = [], 0.0
        for event in train(job):
            if isinstance(event, StepEnded):
                now = time.thread_time()
                spent.append(now - last)
                last = now
        return max(spent[WARM:]), statistics.median(spent[WARM:])


def training(rounds: int) -> list[Figure]:
    """Goal 14."""
    graph, data = network(), dataset(CASE)
    longest_step(graph, data, None)  # what is built and loaded at the first time
    pairs = [(longest_step(graph, data, EVERY), longest_step(graph, data, None)) for _ in range(rounds)]
    worst = statistics.median(with_[0] / without[0] for with_, without in pairs)
    extra = statistics.median((with_[0] - without[1]) / without[1] for with_, without in pairs)
    return [
        figures.at_most("14", "dearest step with checkpoints of 52 MB, to the dearest without", worst, 1.1),
        figures.plain("14", "what a checkpoint adds to a step", extra, "steps"),
    ]


def reading(reads: int) -> list[Figure]:
    """Goal 15."""
    import torch

    from workbench.model.weights import read_weights
    from workbench.training import checkpoint

    torch.set_num_threads(1)  # as in trainings on two cores
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tensors = {f"model.{number}": torch.randn(1024, 1024) for number in range(25)}
        checkpoint.write(folder, "step", 1, checkpoint.Checkpoint(tensors, {}))
        torch.save(tensors, folder / "it.pt")
        turns: list[list[float]] = []
        readers = (
            lambda: torch.load(folder / "it.pt"),
            lambda: checkpoint.read(folder / "step-000001"),
            lambda: read_weights(folder / "step-000001.safetensors"),
        )
        for _ in range(reads + 1):
            times = []
            for read in readers:
                start = time.process_time()
                read()
                times.append(time.process_time() - start)
            turns.append(times)
    first = turns[0][0] / turns[0][1]
    again, brought = (statistics.median(times[0] / times[at] for times in turns[1:]) for at in (1, 2))
    return [
        figures.plain("15", "torch.load to our first reading, which sums the file", first, "x"),
        figures.at_least("15", "torch.load to our reading, 105 MB", again, 5),
        figures.plain("15", "torch.load to the import of a .safetensors", brought, "x"),
    ]


def measure(quick: bool) -> list[Figure]:
    """Goals 14 and 15."""
    return [*training(2 if quick else ROUNDS), *reading(3 if quick else READS)]


if __name__ == "__main__":
    figures.run(measure)

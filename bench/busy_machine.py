"""Training with two threads on two cores that two other programs want too: ours against torch as it comes.

    python bench/busy_machine.py [--quick]

LeNet-5, batches of 64, two torch threads, wall time of a step. Torch's threads wait for one another by turning on the
spot, which on a busy machine keeps the core from the one that is waited for; the program sets another way to wait
before torch is loaded (`workbench.core.process`). Ours is the whole engine; torch's is the bare loop, with nothing set.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import figures
import turns
from figures import Figure
from train_speed import bare_model, dataset, graph_of
from turns import Clock, Turn, Turns

CORES, BUSY, THREADS = 2, 2, 2
BATCH, SKIPPED, STARTS, ROUNDS = 64, 4, 3, 3
SECONDS = 4.0  # of a turn; it has no number of steps, since the slow ones would take minutes
CASE = {"template": "lenet5", "shape": (1, 28, 28), "batch": BATCH, "steps": 900}
BUSY_WORDS = "while True: pass"


def engine() -> Turns:
    """Ours: the engine, in a process that is prepared as the program's are."""
    from workbench.core import process

    process.prepare()
    from workbench.data.config import DataConfig
    from workbench.training.config import TrainingConfig
    from workbench.training.engine import TrainingJob, train
    from workbench.training.events import StepEnded
    from workbench.training.run_folder import RunFolder

    clock = Clock(SKIPPED)
    config = TrainingConfig(epochs=100_000, schedule="constant", lr=1e-3, checkpoint_seconds=86400.0)
    with tempfile.TemporaryDirectory() as name:
        folder, data = RunFolder(Path(name) / "run"), DataConfig(batch_size=BATCH)
        job = TrainingJob(graph_of(CASE), config, data, dataset(CASE), folder, threads=THREADS)
        end = time.perf_counter() + SECONDS
        for event in train(job):
            if not isinstance(event, StepEnded):
                continue
            clock.mark()
            if time.perf_counter() > end and clock.can_tell:
                yield clock.taken()
                end = time.perf_counter() + SECONDS


def bare() -> Turns:
    """The bare loop, with torch's and the system's own settings but for the number of threads."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(THREADS)
    split = dataset(CASE).splits["train"]
    images = (torch.from_numpy(split["image"]).float() / 255 - 0.5) / 0.29
    labels, model, clock = torch.from_numpy(split["label"]), bare_model("lenet5"), Clock(SKIPPED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    end = time.perf_counter() + SECONDS
    while True:
        index = torch.randint(len(labels), (BATCH,))
        loss = F.cross_entropy(model(images[index]), labels[index])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch has no types there
        optimizer.step()
        clock.mark()
        if time.perf_counter() > end and clock.can_tell:
            yield clock.taken()
            end = time.perf_counter() + SECONDS


MAKERS = {"bare": bare, "engine": engine}


@contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """Lets so many other programs want a core each."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY_WORDS]) for _ in range(count)]
    try:
        yield
    finally:
        for each in others:
            each.kill()
            each.wait()


def keep_to(cores: int) -> None:
    """Keeps this process and those that it starts to so many cores, so that every machine has the same number."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def rounds(count: int) -> list[dict[str, Turn]]:
    """Returns what so many rounds took, in processes that are started for them.

    Which core the system gives to whom changes seldom while a process lives, and decides by how much two threads that
    turn on the spot are in the way; so a measurement needs several starts.
    """
    return turns.rounds(__file__, dict.fromkeys(MAKERS, turns.SAME_MEMORY), count)[0]


def measure(quick: bool) -> list[Figure]:
    """Goal 6."""
    keep_to(CORES)
    with busy_cores(BUSY):
        found = [each for _ in range(1 if quick else STARTS) for each in rounds(2 if quick else ROUNDS)]
    each = turns.ratios(found, "bare", "engine", "wall")
    return [
        figures.at_least(
            "6", "torch's own way of waiting to ours, 2 threads beside 2 programs", statistics.median(each), 4
        ),
        figures.plain("6", "the same, worst round", min(each), "x"),
        figures.plain("6", "a step of ours", 1e3 * statistics.median(one["engine"]["wall"] for one in found), "ms"),
    ]


if __name__ == "__main__":
    if turns.is_kind():
        turns.serve(MAKERS)
    else:
        figures.run(measure)

"""Trains in forked processes that are killed with SIGKILL inside epochs, until one comes through.

    python tests/stories/killed_process.py FOLDER KILLS SEED

The parent has torch loaded already, so that a life costs no start-up. Each child writes a byte for every step; after a
drawn number of them, never at the end of an epoch, the parent kills it. Prints the number of kills.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from dataclasses import replace
from pathlib import Path

from tests.training import factories
from workbench.training.engine import TrainingJob, train
from workbench.training.events import StepEnded

STEPS_PER_EPOCH = 25


def job(folder: Path, *, resume: bool = False) -> TrainingJob:
    """A run of 300 steps with dropout, batch norm and augmentation, a checkpoint every 4 steps."""
    made = factories.job(folder, resume=resume, epochs=12, checkpoint_steps=4, weight_decay=0.01)
    return replace(made, dataset=factories.dataset(STEPS_PER_EPOCH * 8))


def live(folder: Path, pipe: int) -> None:
    """A child's life: train, and tell every step's number within its epoch."""
    for event in train(job(folder, resume=(folder / "run.json").exists())):
        if isinstance(event, StepEnded):
            os.write(pipe, bytes([event.batch]))
    os._exit(0)


def kill_inside(child: int, pipe: int, steps: int) -> bool:
    """Kills the child after so many steps, at one that does not end an epoch; False if it came through before."""
    while batch := os.read(pipe, 1):
        steps -= 1
        if steps <= 0 and batch[0] < STEPS_PER_EPOCH:
            os.kill(child, signal.SIGKILL)
            break
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if status != 0:
        sys.exit(f"a child failed by itself: {status}")
    return False


def main() -> None:
    """Kills as often as asked for, then lets the run end."""
    folder, wanted, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    kills = 0
    while True:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            live(folder, write)
        os.close(write)
        was_killed = kill_inside(child, read, rng.randint(5, 14) if kills < wanted else 10**9)
        os.close(read)
        if not was_killed:
            break
        kills += 1
    print(kills)


if __name__ == "__main__":
    main()

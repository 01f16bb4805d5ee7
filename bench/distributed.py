"""One training in 1, 2 and 4 processes: are the results equal, how fast is it, and what is left when one is killed?

    python bench/distributed.py [--quick]

LeNet-5 on the digits that come with the program, batches of 64. Each number of processes trains the same global batches
through `cnn-workbench train --processes N`. Equality is the largest difference of any loss from one process, with SGD
at a rate at which rounding does not grow; beside it what one process differs from itself with another number of
threads. The same with AdamW, which divides each gradient by its size: where one is nothing but rounding, its sign
decides a whole step, and one process differs from itself as several do.
Efficiency is samples/s per process, of one process with as many threads; on fewer cores than processes it says little.
Then a run of two processes has one of them killed again and again, each time at a random step and resumed, and must end
with the numbers of a run that nothing happened to.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import figures
from figures import Figure

GOAL = "processes"
PROGRAM = [sys.executable, "-P", "-m", "workbench"]
SETTINGS = ("--set", "training.schedule=constant", "--set", "training.checkpoint_steps=4")
SGD = (*SETTINGS, "--set", "training.optimizer=SGD", "--set", "training.lr=0.001")
ADAMW = (*SETTINGS, "--set", "training.lr=0.0003")


@dataclass(frozen=True)
class Course:
    """What a training came to: its losses by step, and samples a second behind its first steps."""

    losses: dict[int, float]
    speed: float


def course(file: Path, epochs: int, processes: int, threads: int, settings: tuple[str, ...] = SGD) -> Course:
    """Trains once."""
    words = [*PROGRAM, "train", str(file), "--epochs", str(epochs), "--processes", str(processes), *settings, "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    running = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert running.stdout is not None
    losses: dict[int, float] = {}
    samples, began, ended = 0, 0.0, 0.0
    for row in map(json.loads, running.stdout):
        if row["event"] == "StepEnded":
            losses[row["step"]] = row["loss"]
            ended = time.perf_counter()
            if row["step"] == 5:
                began = ended
            samples += row["samples"] if row["step"] > 5 else 0
    assert running.wait() == 0
    return Course(losses, samples / (ended - began))


def furthest(one: Course, other: Course) -> float:
    """The largest difference of their losses, as a share."""
    assert one.losses.keys() == other.losses.keys()
    return max(abs(loss - other.losses[step]) / max(1.0, abs(loss)) for step, loss in one.losses.items())


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def killed_at_random(file: Path, epochs: int, kills: int, seed: int) -> dict[int, float]:
    """Kills one of two processes again and again, each of which must be said in a sentence, and resumes each time.

    Returns:
        All losses by step, later ones in the place of earlier.
    """
    draw, losses = random.Random(seed), dict[int, float]()
    words = [*PROGRAM, "train", str(file), "--processes", "2", "--run", "killed", "--json"]
    for number in range(kills + 1):
        more = ["--resume"] if losses else ["--epochs", str(epochs), *SGD]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        running = subprocess.Popen(
            [*words, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        assert running.stdout is not None
        left = draw.randrange(5, 9) if number < kills else -1
        for row in map(json.loads, running.stdout):
            if row["event"] == "StepEnded":
                losses[row["step"]] = row["loss"]
                left -= 1
                if left == 0:
                    os.kill(draw.choice(children(running.pid)), signal.SIGKILL)
        said = running.communicate(timeout=60)[1]
        if number < kills:
            assert running.returncode == 2, said
            assert said.startswith("Error: "), said
        else:
            assert running.returncode == 0, said
    return losses


def measure(quick: bool) -> list[Figure]:
    """Returns equality, efficiency, and what killing leaves."""
    numbers, epochs, kills = ((1, 2), 1, 2) if quick else ((1, 2, 4), 2, 8)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.cnn"
        subprocess.run([*PROGRAM, "new", "lenet5", str(file), "--data", "digits"], check=True, capture_output=True)
        courses = {number: course(file, epochs, number, 1) for number in numbers}
        threads = course(file, epochs, 1, 2)
        adams = [course(file, epochs, *how, ADAMW) for how in ((1, 1), (1, 2), (2, 1))]
        killed = killed_at_random(file, epochs, kills, seed=0)
    alone = courses.pop(1)
    is_equal = killed == courses[2].losses
    found = [figures.plain(GOAL, "one process, samples a second", alone.speed, "")]
    for number, each in courses.items():
        apart, speed = furthest(alone, each), each.speed / number / alone.speed
        found.append(figures.at_most(GOAL, f"{number} processes: a loss differs from one process by", apart, 1e-5, ""))
        found.append(figures.plain(GOAL, f"{number} processes on {os.cpu_count()} cores: efficiency", speed, "x"))
    texts = ("2 threads: a loss differs from one thread by", "the same with AdamW", "2 processes with AdamW")
    aparts = (furthest(alone, threads), *(furthest(adams[0], each) for each in adams[1:]))
    found += [figures.plain(GOAL, text, apart, "") for text, apart in zip(texts, aparts, strict=True)]
    text = f"killed {kills} times and resumed: as if nothing had happened, to the bit"
    return [*found, Figure(GOAL, text, float(is_equal), "", "1", is_equal)]


if __name__ == "__main__":
    figures.run(measure)

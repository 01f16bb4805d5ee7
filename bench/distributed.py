"""One training in 1, 2 and 4 processes: are the results equal, how fast is it, and what is left when one is killed?

    python bench/distributed.py [--processes 1 2 4] [--epochs 2] [--kills 20] [--json]

LeNet-5 on the digits that come with the program, a small rate so that rounding does not grow, batches of 64. Each
number of processes trains the same global batches through `cnn-workbench train --processes N`. Equality is the largest
difference of any loss from one process, beside it what one process differs from itself with another number of threads.
Efficiency is samples/s per process, of one process with as many threads; on fewer cores than processes it says little.
Then a run of two processes has one of them killed again and again, each time at a random step and resumed, and must end
with the numbers of a run that nothing happened to.
"""

from __future__ import annotations

import argparse
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
from typing import Any

PROGRAM = [sys.executable, "-P", "-m", "workbench"]
SETTINGS = (
    "--set",
    "training.lr=0.0003",
    "--set",
    "training.schedule=constant",
    "--set",
    "training.checkpoint_steps=4",
)


@dataclass(frozen=True)
class Course:
    """What a training came to: its losses by step, and samples a second behind its first steps."""

    losses: dict[int, float]
    speed: float


def course(file: Path, epochs: int, processes: int, threads: int) -> Course:
    """Trains once."""
    words = [*PROGRAM, "train", str(file), "--epochs", str(epochs), "--processes", str(processes), *SETTINGS, "--json"]
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


def killed_at_random(file: Path, epochs: int, kills: int, seed: int) -> tuple[int, list[str], dict[int, float]]:
    """Kills one of two processes again and again, resuming each time.

    Returns:
        How often it was killed, the first sentence of each death, and all losses, later ones in the place of earlier.
    """
    draw, losses, sentences = random.Random(seed), dict[int, float](), list[str]()
    words = [*PROGRAM, "train", str(file), "--processes", "2", "--run", "killed", "--json"]
    for number in range(kills + 1):
        more = ["--resume"] if losses else ["--epochs", str(epochs), *SETTINGS]
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
            sentences.append(said.splitlines()[0])
        else:
            assert running.returncode == 0, said
    return kills, sentences, losses


def measured(folder: Path, numbers: list[int], epochs: int, kills: int) -> dict[str, Any]:
    """All measurements."""
    file = folder / "net.cnn"
    subprocess.run([*PROGRAM, "new", "lenet5", str(file), "--data", "digits"], check=True, capture_output=True)
    courses = {number: course(file, epochs, number, 1) for number in numbers}
    alone = courses.get(1) or course(file, epochs, 1, 1)
    threads = furthest(alone, course(file, epochs, 1, 2))
    rows = [
        {
            "processes": number,
            "difference": furthest(alone, found),
            "samples_per_second": found.speed,
            "efficiency": found.speed / number / alone.speed,
        }
        for number, found in courses.items()
    ]
    found: dict[str, Any] = {"rows": rows, "difference_of_two_threads": threads, "cores": os.cpu_count()}
    if kills:
        _, sentences, losses = killed_at_random(file, epochs, kills, seed=0)
        whole = courses.get(2) or course(file, epochs, 2, 1)
        found |= {"kills": len(sentences), "is_equal": losses == whole.losses, "sentences": sorted(set(sentences))}
    return found


def told(found: dict[str, Any]) -> str:
    """The measurements as a table."""
    lines = [f"{found['cores']} cores", "processes  difference  samples/s  efficiency"]
    lines += [
        f"{row['processes']:9}  {row['difference']:10.1e}  {row['samples_per_second']:9,.0f}  {row['efficiency']:10.2f}"
        for row in found["rows"]
    ]
    lines.append(f"one process with 2 threads differs from itself with 1 by {found['difference_of_two_threads']:.1e}")
    if "kills" in found:
        verdict = "as if nothing had happened, to the bit" if found["is_equal"] else "NOT as one that was left alone"
        lines.append(
            f"killed {found['kills']} times at random steps, each time said and resumed; the run ended {verdict}"
        )
        lines += found["sentences"]
    return "\n".join(lines)


def main() -> int:
    """Measures and prints; 1 where results differ by more than 1e-5, or a killed run did not end as the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), asked.processes, asked.epochs, asked.kills)
    print(json.dumps(found) if asked.json else told(found))
    return int(max(row["difference"] for row in found["rows"]) > 1e-5 or not found.get("is_equal", True))


if __name__ == "__main__":
    sys.exit(main())

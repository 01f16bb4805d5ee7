"""Trains the template mnist-best on real MNIST and tells how good it gets, and at what cost.

python bench/recipe.py [--quick] [FOLDER]    FOLDER holds the four files of MNIST; without one, those of the shared data
                                             where they are there, else, and with --quick, the embedded digits

The unit of cost is an epoch of the loop that everybody writes (LeNet-5, batches of 64, SGD) over as many pictures,
measured beside it. CPU time of this process, one thread.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import figures
from figures import Figure
from train_speed import bare_model

MNIST = Path(__file__).resolve().parents[2] / "shared" / "data" / "MNIST"
SEEDS, UNIT_STEPS, UNIT_BATCH = (0, 1, 2), 60, 64


def folder() -> str:
    """The folder that was named, or that of the shared data; "" for the embedded digits."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if words:
        return str(Path(words[0]).resolve())
    return str(MNIST) if MNIST.exists() and "--quick" not in sys.argv else ""


def unit(samples: int) -> float:
    """CPU seconds of an epoch of the plain loop over so many pictures."""
    import torch
    from torch.nn import functional

    model = bare_model("lenet5")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    images, labels = torch.rand(UNIT_BATCH * UNIT_STEPS, 1, 28, 28), torch.randint(10, (UNIT_BATCH * UNIT_STEPS,))
    started = 0.0
    for _ in range(2):  # the first time is not counted
        started = time.process_time()
        for at in range(0, len(images), UNIT_BATCH):
            loss = functional.cross_entropy(model(images[at : at + UNIT_BATCH]), labels[at : at + UNIT_BATCH])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return (time.process_time() - started) * samples / len(images)


def trained(project: Any, place: Path, seed: int) -> tuple[float, float, int]:
    """Accuracy on the test pictures, CPU seconds of the whole run, and how many pictures it learnt from an epoch."""
    from workbench.project import runs
    from workbench.training.engine import train
    from workbench.training.events import RunEnded

    seeded = replace(project, training={**project.training, "seed": seed})
    job = replace(runs.new_job(seeded, place / "digits.cnn"), threads=1)
    started = time.process_time()
    *_, end = train(job)
    assert isinstance(end, RunEnded)
    return end.test["accuracy"], time.process_time() - started, job.dataset.size("train")


def measure(quick: bool) -> list[Figure]:
    """Goal 16."""
    import torch

    from workbench.project.new_project import create

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        choice = ("idx", {"path": folder()}) if folder() else None
        project, _ = create("mnist-best", choice, place)
        found = [trained(project, place, seed) for seed in (SEEDS[:1] if quick else SEEDS)]
    costs = [seconds / unit(samples) for _, seconds, samples in found]
    accuracy = statistics.mean(each for each, _, _ in found)
    if not folder():
        return [figures.plain("16", "mnist-best on the embedded digits", 100 * accuracy, "%")]
    seeds = f"{len(found)} seed{'s' * (len(found) > 1)}"
    return [
        figures.at_least("16", f"mnist-best on MNIST, mean of {seeds}", 100 * accuracy, 99.5, "%"),
        figures.at_most("16", "its cost in epochs of the plain loop", statistics.mean(costs), 8, "epochs"),
    ]


if __name__ == "__main__":
    figures.run(measure)

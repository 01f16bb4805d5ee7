"""How fast batches come: ours from bytes in memory, whole batches at a time, against picture by picture through Pillow.

    python bench/pipeline.py [--quick]

Pictures of MNIST's size, batches of 256, one torch thread, no training. Both kinds hand over normalised floats.
Augmented is rotated, scaled and shifted, each sample by draws of its own: against torchvision's transforms on Pillow's
pictures in a DataLoader with two workers. Plain is against the same in a DataLoader without workers.
"""

from __future__ import annotations

import statistics
import time
import warnings
from typing import Any

import figures
import turns
from figures import Figure
from train_speed import dataset
from turns import Turn, Turns

BATCH, ROUNDS, WORKERS = 256, 6, 2
PASSES = {"ours, plain": 25, "ours, augmented": 4}  # a turn is so many times the pictures: each about a second
BATCHES = 32
DEGREES, SHARE, PIXELS = 10.0, 0.1, 3.0
MEAN, STD = 0.5, 0.29


def split() -> dict[str, Any]:
    """Returns the pictures in bytes (N, 1, 28, 28) and their classes."""
    found = dataset({"shape": (1, 28, 28), "batch": BATCH, "steps": BATCHES}).splits["train"]
    return {name: array[: BATCH * BATCHES] for name, array in found.items()}


def timed(started: tuple[float, float], passes: int) -> Turn:
    """Returns seconds a batch since a moment that was noted by both clocks."""
    count = passes * BATCHES
    return {"wall": (time.perf_counter() - started[0]) / count, "cpu": (time.process_time() - started[1]) / count}


def ours(kind: str) -> Turns:
    """The training's own batches, and the normalisation that the network begins with."""
    from workbench.core import process

    process.prepare()
    import torch

    from workbench.data.augmentations.spec import settings_of_all
    from workbench.data.batches import Batches
    from workbench.layers.input.module import Normalize

    torch.set_num_threads(1)
    settings: Any = settings_of_all()
    augmentation = settings(rotate=DEGREES, scale=SHARE, shift=PIXELS) if kind == "ours, augmented" else None
    fields = dataset({"shape": (1, 28, 28), "batch": 1, "steps": 1}).fields
    batches = Batches(split(), fields, BATCH, shuffle=True, augmentation=augmentation)
    normalize, number = Normalize((MEAN,), (STD,), 2), 0
    while True:
        started, seen = (time.perf_counter(), time.process_time()), 0
        for _ in range(PASSES[kind]):
            for batch in batches.epoch(number):
                seen += len(normalize(batch.fields["image"]))
            number += 1
        assert seen == BATCH * BATCHES * PASSES[kind]
        yield timed(started, PASSES[kind])


def pillow(*, is_augmented: bool) -> Turns:
    """Picture by picture, as the tutorials have it; the workers stay from round to round."""
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    data = split()
    share = PIXELS / 28
    affine = transforms.RandomAffine(DEGREES, (share, share), (1 - SHARE, 1 + SHARE), Image.Resampling.BILINEAR)
    plain = [transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))]
    change = transforms.Compose([affine, *plain] if is_augmented else plain)

    class Pictures(Dataset[Any]):
        def __len__(self) -> int:
            return len(data["label"])

        def __getitem__(self, index: int) -> Any:
            return change(Image.fromarray(data["image"][index, 0])), int(data["label"][index])

    workers = WORKERS if is_augmented else 0
    loader = DataLoader(Pictures(), BATCH, shuffle=True, num_workers=workers, persistent_workers=is_augmented)
    while True:
        started, seen = (time.perf_counter(), time.process_time()), 0
        for x, _ in loader:
            seen += len(x)
        assert seen == BATCH * BATCHES
        yield timed(started, 1)


MAKERS = {
    "ours, plain": lambda: ours("ours, plain"),
    "Pillow, plain": lambda: pillow(is_augmented=False),
    "ours, augmented": lambda: ours("ours, augmented"),
    "Pillow, augmented": lambda: pillow(is_augmented=True),
}


def measure(quick: bool) -> list[Figure]:
    """Goal 13."""
    environment = {**turns.SAME_MEMORY, **turns.ONE_THREAD}
    found, _ = turns.rounds(__file__, dict.fromkeys(MAKERS, environment), 2 if quick else ROUNDS)

    def ratio(kind: str, what: str) -> float:
        return statistics.median(turns.ratios(found, f"Pillow, {kind}", f"ours, {kind}", what))

    return [
        figures.at_least(
            "13", f"Pillow with {WORKERS} workers to ours, augmented, wall", ratio("augmented", "wall"), 9
        ),
        figures.at_least("13", "Pillow without workers to ours, plain, CPU", ratio("plain", "cpu"), 40),
        figures.at_least("13", "the same, wall", ratio("plain", "wall"), 40),
    ]


if __name__ == "__main__":
    if turns.is_kind():
        turns.serve(MAKERS)
    else:
        figures.run(measure)

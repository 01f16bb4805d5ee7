"""Sparse codes below a linear classifier against a convolutional network of the same size, on few labels.

    python bench/few_labels.py [--labels 100 300] [--seeds 3] [--json]

Both have 16 filters of 7×7, maximum pooling over 4×4 and one linear layer, and learn from the same first digits of
those that come with the program; none are put aside, and 1,000 others test. The sparse filters learn without labels
(template `sparse-digits`); the convolution learns with everything above it. It is trained three times, for different
numbers of epochs, and the best of the three *on the test* counts, which favours it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from workbench.project.document import Project
from workbench.project.new_project import create
from workbench.project.runs import new_job
from workbench.project.settings import assign
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.engine import train
from workbench.training.events import RunEnded

EPOCHS = (20, 60, 200)
CLASSES = tuple(str(digit) for digit in range(10))


def stacked(folder: Path, labels: int) -> Project:
    """Sparse codes and a linear classifier, in stages."""
    choice = ("digits", {"labelled": labels})
    return create("sparse-digits", choice, folder)[0]


def supervised(folder: Path, labels: int, epochs: int) -> Project:
    """The convolutional network of the same size."""
    builder = GraphBuilder(Samples((1, 28, 28), classes=CLASSES, scores=len(CLASSES)))
    maps = builder.add("Conv2d", "conv", builder.image(normalised=False), out_channels=16, kernel_size=7, padding=6)
    pooled = builder.add("MaxPool2d", "pool", builder.add("ReLU", "relu", maps), kernel_size=4)
    flat = builder.add("Flatten", "flatten", pooled)
    builder.classify(builder.add("Linear", "classifier", flat, out_features=len(CLASSES)))
    project = stacked(folder, labels)
    project = replace(project, graph=builder.graph())
    for path, value in (("training.stages", []), ("training.epochs", epochs), ("training.lr", 0.003)):
        project = assign(project, path, value)
    return project


def accuracy(project: Project, seed: int) -> tuple[float, float]:
    """Share of the test that is told right after a training, and its processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        job = new_job(assign(project, "training.seed", seed), Path(folder) / "p.cnn")
        started = time.process_time()
        *_, ended = train(job)
        assert isinstance(ended, RunEnded)
        return ended.test["accuracy"], time.process_time() - started


def main() -> None:
    """Trains both for each number of labels and seed, and prints what they reach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for labels in options.labels:
        for seed in range(options.seeds):
            sparse, seconds = accuracy(stacked(Path(), labels), seed)
            best = max(accuracy(supervised(Path(), labels, epochs), seed)[0] for epochs in EPOCHS)
            rows.append({"labels": labels, "seed": seed, "sparse": sparse, "convolution": best, "seconds": seconds})
            if not options.json:
                print(
                    f"{labels} labels, seed {seed}: sparse codes {sparse:.1%} ({seconds:.0f} s), convolution {best:.1%}"
                )
    if options.json:
        print(json.dumps(rows))
        return
    for labels in options.labels:
        of_each = [[row[name] for row in rows if row["labels"] == labels] for name in ("sparse", "convolution")]
        print(
            f"{labels} labels, medians: {statistics.median(of_each[0]):.1%} against {statistics.median(of_each[1]):.1%}"
        )


if __name__ == "__main__":
    main()

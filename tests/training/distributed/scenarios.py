"""What processes train together in the tests: small networks of every family, few steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.training import factories
from workbench.core.graph import Graph
from workbench.core.seeds import stream_seed
from workbench.core.values import Value
from workbench.data.config import DataConfig
from workbench.data.sources.heads import Heads
from workbench.data.sources.natural import Natural
from workbench.data.spec import Dataset
from workbench.project.templates.base_deconvolutional import layer_by_layer
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.config import TrainingConfig
from workbench.training.engine import TrainingJob
from workbench.training.run_folder import RunFolder

CLASSES = factories.CLASSES


@dataclass(frozen=True)
class Scenario:
    """A training, and what happens in it.

    Attributes:
        job: makes it in a folder.
        happens: "", or what happens to one process: "stop", "rate", "killed" or "hangs".
        at: after which step.
        rank: to which process.
        seconds: how long the others wait for one.
    """

    job: Callable[[Path], TrainingJob]
    happens: str = ""
    at: int = 0
    rank: int = 0
    seconds: float = 60.0


def pictures(count: int, side: int) -> Dataset:
    """Noise that is brighter, darker or striped by class; 13 and 11 samples to validate and test with."""
    rng = np.random.default_rng(count)

    def split(size: int) -> dict[str, Any]:
        labels = np.arange(size, dtype=np.int64) % 3
        images = rng.integers(0, 60, (size, 1, side, side))
        images[labels == 0] += 150
        images[labels == 2, :, ::2] += 150
        return {"image": images.astype(np.uint8), "label": labels}

    fields = {"image": Value((1, side, side), "map", "uint8"), "label": Value((), "class", "int64", CLASSES)}
    return Dataset(fields, {"train": split(count), "validation": split(13), "test": split(11)})


def _job(folder: Path, graph: Graph, data: Dataset, batch_size: int, **settings: Any) -> TrainingJob:
    given: dict[str, Any] = {"epochs": 2, "lr": 0.01, "schedule": "constant", "peer_seconds": 60.0, **settings}
    config = TrainingConfig.model_validate(given)
    choice = DataConfig.model_validate({"batch_size": batch_size, "augment": {"shift": 1.0, "flip": True}})
    return TrainingJob(graph, config, choice, data, RunFolder(folder), {"made": "by a test"})


def lenet(folder: Path, **settings: Any) -> TrainingJob:
    """LeNet-5; the last batch of an epoch has 3 samples, which are fewer than four processes."""
    builder = GraphBuilder(Samples((1, 28, 28), classes=CLASSES, scores=3, mean=(0.4,), std=(0.3,)))
    TEMPLATES["lenet5"]().build(builder)
    return _job(folder, builder.graph(), pictures(59, 28), 8, **{"lr": 0.003, **settings})


def residual(folder: Path, **settings: Any) -> TrainingJob:
    """Two ways that meet again, without batch norm and dropout; two batches make a step of Adam."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=CLASSES, scores=3))
    x = builder.add("Conv2d", "first", builder.image(), out_channels=6, padding=1)
    y = builder.add("ReLU", "relu", builder.add("Conv2d", "second", x, out_channels=6, padding=1))
    x = builder.add("Add", "add", builder.add("Conv2d", "third", y, out_channels=6, padding=1), x)
    builder.classify(builder.add("Linear", "fc", builder.add("Flatten", "flatten", x), out_features=3))
    given = {"optimizer": "Adam", "accumulate": 2, "lr": 0.003, **settings}
    return _job(folder, builder.graph(), pictures(50, 8), 7, **given)


def normed(folder: Path, **settings: Any) -> TrainingJob:
    """Batch norm and dropout, which differ from one process."""
    job = _job(folder, factories.graph(), factories.dataset(), 8, **settings)
    return replace(job, data=DataConfig(batch_size=8))


def sparse(folder: Path, **settings: Any) -> TrainingJob:
    """A deconvolutional network that learns by its own rule, each sample from the codes that it had last time."""
    builder = GraphBuilder(Samples((1, 16, 16)))
    TEMPLATES["deconv2"]().build(builder)
    graph = builder.graph()
    for node in list(graph):
        if node.layer.endswith("SparseCode2d"):
            graph = graph.with_node(replace(node, params={**node.params, "warm_start": True, "iterations": 3}))
    given = {"stages": layer_by_layer(1, 1, together=1), "schedule": "constant", **settings}
    config = TrainingConfig.model_validate(given)
    data = Natural(crops=6, size=16).load(Path())
    return TrainingJob(graph, config, DataConfig(source="natural", batch_size=3), data, RunFolder(folder))


def graphics(folder: Path, **settings: Any) -> TrainingJob:
    """An inverse graphics network, in whose batches one factor varies."""
    data = Heads(batches=4, batch=4, people=4, test=6).load(Path())
    builder = GraphBuilder(Samples((1, 32, 32), factors=data.fields["factor"].classes))
    TEMPLATES["dcign32"]().build(builder)
    given = {"optimizer": "Adam", "lr": 0.002, "epochs": 1, "accumulate": 4, **settings}
    config = TrainingConfig.model_validate(given)
    return TrainingJob(builder.graph(), config, DataConfig(source="heads"), data, RunFolder(folder))


def resumed(make: Callable[[Path], TrainingJob]) -> Callable[[Path], TrainingJob]:
    """The job that goes on with what lies in its folder."""
    return lambda folder: replace(make(folder), resume=True)


def exploding(folder: Path) -> TrainingJob:
    """A picture that is no number, in one process's part of the second batch."""
    job = lenet(folder)
    images = job.dataset.splits["train"]["image"].astype(np.float32) / 255
    images[int(_order(59)[8])] = np.nan
    fields = {**job.dataset.fields, "image": Value((1, 28, 28), "map", "float32")}
    train = {**job.dataset.splits["train"], "image": images}
    rest = {
        split: {**arrays, "image": arrays["image"].astype(np.float32) / 255}
        for split, arrays in job.dataset.splits.items()
    }
    return replace(job, dataset=Dataset(fields, {**rest, "train": train}), data=DataConfig(batch_size=8))


def _order(count: int) -> np.ndarray[Any, Any]:
    generator = torch.Generator().manual_seed(stream_seed(0, "order", 0))
    return torch.randperm(count, generator=generator).numpy()


SCENARIOS = {
    "lenet": Scenario(lenet),
    "residual": Scenario(residual),
    "normed": Scenario(normed),
    "sparse": Scenario(sparse),
    "graphics": Scenario(graphics),
    "turns": Scenario(lambda folder: graphics(folder, accumulate=1)),
    "stopped": Scenario(residual, "stop", 3, rank=1),
    "rate": Scenario(lenet, "rate", 4),
    "exploding": Scenario(exploding),
    "killed": Scenario(lambda folder: lenet(folder, epochs=50, checkpoint_steps=1), "killed", 9, rank=1),
    "killed-writer": Scenario(lambda folder: lenet(folder, epochs=50, checkpoint_steps=1), "killed", 9),
    "hangs": Scenario(lambda folder: lenet(folder, epochs=50, checkpoint_steps=1), "hangs", 5, rank=1, seconds=4.0),
    "half-normed": Scenario(normed, "stop", 5),
    "half-sparse": Scenario(sparse, "stop", 3),
    "half-residual": Scenario(residual, "stop", 4),
}
SCENARIOS |= {
    name.replace("half-", "rest-"): Scenario(resumed(each.job))
    for name, each in SCENARIOS.items()
    if name.startswith("half-")
}

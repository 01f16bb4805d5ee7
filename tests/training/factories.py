"""Small networks, data and jobs for the tests of training."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.data.config import AugmentSettings, DataConfig
from workbench.data.spec import Dataset
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training import events
from workbench.training.config import TrainingConfig
from workbench.training.engine import TrainingJob
from workbench.training.run_folder import RunFolder

CLASSES = ("bright", "dark", "striped")


def dataset(count: int = 60, seed: int = 0) -> Dataset:
    """Pictures of 8x8 pixels in three classes that are easy to tell apart, in three splits."""
    rng = np.random.default_rng(seed)

    def split(size: int) -> dict[str, Any]:
        labels = np.arange(size, dtype=np.int64) % 3
        images = rng.integers(0, 60, (size, 1, 8, 8))
        images[labels == 0] += 150
        images[labels == 2, :, ::2] += 150
        return {"image": images.astype(np.uint8), "label": labels}

    fields = {"image": Value((1, 8, 8), "map", "uint8"), "label": Value((), "class", "int64", CLASSES)}
    return Dataset(fields, {"train": split(count), "validation": split(15), "test": split(15)})


def graph(*, dropout: float = 0.3) -> Graph:
    """A little network with everything that makes resuming hard: dropout and batch norm."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=CLASSES, scores=3, mean=(0.4,), std=(0.3,)))
    x = builder.add("Conv2d", "conv", builder.image(), out_channels=4)
    x = builder.add("ReLU", "relu", builder.add("BatchNorm2d", "bn", x))
    x = builder.add("Dropout", "drop", builder.add("MaxPool2d", "pool", x), p=dropout)
    x = builder.add("Linear", "fc", builder.add("Flatten", "flatten", x), out_features=3)
    builder.classify(x)
    return builder.graph()


AUGMENTED = AugmentSettings(shift=1.0, rotate=10.0, scale=0.1, flip=True)


def job(folder: Path, *, resume: bool = False, augment: AugmentSettings = AUGMENTED, **settings: Any) -> TrainingJob:
    """A training in `folder`; settings are those of `TrainingConfig`."""
    given: dict[str, Any] = {"epochs": 3, "lr": 0.01, **settings}
    config, data = TrainingConfig(**given), DataConfig(batch_size=8, augment=augment)
    made = TrainingJob(graph(), config, data, dataset(), RunFolder(folder), {"made": "by a test"})
    return replace(made, resume=resume)


def logged(folder: Path) -> list[dict[str, Any]]:
    """What the log says about learning: steps, epochs and the end, without times."""
    rows = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    kept = [row for row in rows if row["event"] in ("StepEnded", "EpochEnded", "RunEnded")]
    return [{key: value for key, value in row.items() if key not in ("seconds", "run")} for row in kept]


def row(kind: str, **given: Any) -> dict[str, Any]:
    """A row of a log as a run writes it; what is not given is nothing, or 0."""
    usual = {"int": 1, "float": 0.5, "bool": False, "Metrics": {}, "Reason": "finished"}
    cls = getattr(events, kind)
    logged = [(each.name, str(each.type)) for each in fields(cls) if each.metadata.get("logged", True)]
    values = {name: {} if type_.startswith("Mapping[") else usual.get(type_, "") for name, type_ in logged}
    return {"event": kind} | values | given

"""Predicting one number for each sample, however data and drawing say that it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.document import Project
from workbench.project.runs import new_job
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.engine import train
from workbench.training.events import EpochEnded, RunEnded


@pytest.mark.parametrize("entries", [(), (1,)], ids=["N", "N1"])
@pytest.mark.parametrize(
    "target", [{"kind": "scalar"}, {"kind": "scalar", "shape": [1]}, {"kind": "vector", "shape": [1]}], ids=str
)
def test_one_number_is_learnt(entries: tuple[int, ...], target: dict[str, Any], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, size in (("train", 64), ("validation", 16)):
        images = rng.integers(0, 255, (size, 1, 4, 4), dtype=np.uint8)
        arrays[f"image_{split}"] = images
        arrays[f"size_{split}"] = (images.mean((1, 2, 3)) / 100).astype(np.float32).reshape(size, *entries)
    np.savez(tmp_path / "data.npz", **arrays)
    builder = GraphBuilder(Samples((1, 4, 4)))
    port = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=1)
    builder.add("MSELoss", "loss", port, builder.add("Target", "answer", field="size", **target))
    data = {"source": "npz", "options": {"path": "data.npz"}, "batch_size": 16}
    project = Project.new(builder.graph(), data, {"epochs": 40, "lr": 0.05, "device": "cpu"})
    path = tmp_path / "p.cnn"
    storage.save(project, path)
    assert project_problems(project) == []
    events = list(train(new_job(project, path)))
    assert isinstance(events[-1], RunEnded)
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert epochs[-1].validation["rmse"] < 0.2 * float(arrays["size_validation"].std())

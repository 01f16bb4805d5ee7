"""A network whose data answers in another way than it learnt is offered a fix that mends all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph import Graph
from workbench.core.graph_edits import set_param
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.model.problems import find_problems
from workbench.project.checks import data_problems
from workbench.project.drawn_again import drawn_again
from workbench.project.new_project import create

CHANCE = np.random.default_rng(0)
ANSWERS: dict[str, dict[str, Any]] = {
    "classes": {"label": np.arange(12) % 3},
    "labels": {"labels": CHANCE.integers(0, 5, (12, 2))},
}


def clips(folder: Path, name: str) -> dict[str, Any]:
    frames = CHANCE.integers(0, 255, (12, 8, 16, 16, 1), np.uint8)
    np.savez(folder / f"{name}.npz", clips=frames, **ANSWERS[name])
    return {"path": str(folder / f"{name}.npz"), "frames": 8}


def edited(folder: Path, name: str) -> Graph:
    """A network on clips as no template draws it."""
    project, _ = create("small-c3d", ("clips", clips(folder, name)), folder)
    graph = project.graph
    return set_param(next(node for node in graph if node.layer == "Conv3d"), "out_channels", 12).apply(graph)


def read(folder: Path, name: str) -> Dataset:
    return load(DataConfig(source="clips", options=clips(folder, name)), folder)


@pytest.mark.parametrize(("before", "after", "loss"), [
    ("classes", "labels", "BCEWithLogitsLoss"), ("labels", "classes", "CrossEntropyLoss"),
])  # fmt: skip
def test_one_fix_leads_from_one_kind_of_answer_to_another(tmp_path: Path, before: str, after: str, loss: str) -> None:
    graph, dataset = edited(tmp_path, before), read(tmp_path, after)
    assert drawn_again(graph, dataset) is None
    (problem,) = data_problems(graph, dataset)
    fix = problem.fixes[0]
    assert isinstance(fix.edit, CompositeGraphEdit)
    mended = fix.edit.apply(graph)
    assert not find_problems(mended)
    assert not data_problems(mended, dataset)
    assert mended.named("loss").layer == loss

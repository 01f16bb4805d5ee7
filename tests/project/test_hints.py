"""Hints and needs of batches where project and data are known: in `check`, before a run, and as its first warnings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.cli import check
from workbench.core.errors import UsageError
from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.project import storage
from workbench.project.checks import data_hints, mend, project_hints, project_problems
from workbench.project.document import Project
from workbench.project.runs import new_job
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.engine import train
from workbench.training.events import Warned


def graph(*layers: str, scores: int = 3, classes: tuple[str, ...] = (), norm: bool = False) -> Graph:
    builder = GraphBuilder(Samples((1, 4, 4), scores=scores))
    port = builder.add("Flatten", "flat", builder.image())
    if norm:
        port = builder.add("BatchNorm1d", "norm", builder.add("Linear", "one", port, out_features=5))
    port = builder.add("Linear", "fc", port, out_features=scores)
    for layer in layers:
        port = builder.add(layer, layer.lower(), port)
    builder.add("CrossEntropyLoss", "loss", port, builder.add("Target", "label", field="label", classes=list(classes)))
    return builder.graph()


def stored(folder: Path, drawn: Graph, *, count: int = 12, batch_size: int = 4) -> Path:
    """A project with a data set of its own beside it."""
    rng = np.random.default_rng(0)
    arrays = {}
    for split, size in (("train", count), ("validation", 6), ("test", 6)):
        arrays[f"image_{split}"] = rng.integers(0, 255, (size, 1, 4, 4), dtype=np.uint8)
        arrays[f"label_{split}"] = (np.arange(size) % 3).astype(np.int64)
    np.savez(folder / "data.npz", **arrays)
    data = {"source": "npz", "options": {"path": "data.npz"}, "batch_size": batch_size}
    path = folder / "p.cnn"
    storage.save(Project.new(drawn, data, {"epochs": 1}), path)
    return path


@pytest.mark.parametrize("layer", ["Softmax", "Dropout"])
def test_check_tells_hints_and_ends_well(layer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path, graph(layer))
    assert check.run(path, as_json=False, fix=False) == 0
    text = capsys.readouterr().out
    assert "p.cnn: 1 hint" in text
    assert f"Hint: {layer.lower()}: " in text
    assert "no problems" not in text
    assert check.run(path, as_json=True, fix=False) == 0
    (row,) = json.loads(capsys.readouterr().out)["problems"]
    assert (row["severity"], row["node"]) == ("hint", layer.lower())
    assert check.run(path, as_json=False, fix=True) == 0
    assert "p.cnn: no problems." in capsys.readouterr().out
    assert project_hints(storage.load(path)) == []


def test_a_problem_beside_a_hint_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path, graph("ReLU", norm=True), batch_size=1)
    assert check.run(path, as_json=True, fix=False) == 1
    rows = json.loads(capsys.readouterr().out)["problems"]
    assert [row["severity"] for row in rows] == ["error", "hint"]


@pytest.mark.parametrize("layer", ["Softmax", "Tanh"])
def test_a_run_begins_with_its_hints(layer: str, tmp_path: Path) -> None:
    path = stored(tmp_path, graph(layer))
    events = list(train(new_job(storage.load(path), path)))
    assert [event.message for event in events if isinstance(event, Warned) and event.message.startswith(layer.lower())]


def test_more_scores_than_classes_is_a_hint(tmp_path: Path) -> None:
    path = stored(tmp_path, graph(scores=5))
    job = new_job(storage.load(path), path)
    labels = Dataset({"label": Value((), "class", "int64", classes=("a", "b", "c"))}, {})
    (hint,) = data_hints(graph(scores=5), labels)
    assert hint.message == "loss: gets 5 scores, but the data has 3 classes, so 2 of them are never right."
    fixed = hint.fixes[0].edit.apply(graph(scores=5))
    assert data_hints(fixed, labels) == data_hints(graph(scores=3), labels) == []
    assert hint.message in job.hints


def test_batches_of_one_are_a_problem_with_a_fix(tmp_path: Path) -> None:
    project = storage.load(stored(tmp_path, graph(norm=True), batch_size=1))
    (problem,) = project_problems(project)
    assert problem.node == "norm"
    assert [fix.text for fix in problem.fixes] == ["Set data.batch_size to 64", "Bypass norm"]
    mended, _ = mend(project)
    assert project_problems(mended) == []
    assert mended.data_config().batch_size == 64
    assert project_problems(storage.load(stored(tmp_path, graph(), batch_size=1))) == []


def test_a_single_training_sample_is_refused_in_words(tmp_path: Path) -> None:
    path = stored(tmp_path, graph(norm=True), count=1)
    with pytest.raises(UsageError, match=r"norm: needs batches of at least 2 .* more training samples, or bypass norm"):
        new_job(storage.load(path), path)
    assert not (tmp_path / "p.runs").exists()

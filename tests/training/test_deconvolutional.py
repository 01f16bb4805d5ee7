"""A deconvolutional network in training: taken up again in any stage it goes on to the bit, with remembered codes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.factories import logged
from workbench.core.graph import Graph
from workbench.data.config import DataConfig
from workbench.data.sources.natural import Natural
from workbench.data.spec import Dataset
from workbench.project.templates.base_deconvolutional import layer_by_layer
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.checkpoint import newest
from workbench.training.config import TrainingConfig
from workbench.training.engine import TrainingJob, train
from workbench.training.events import StepEnded
from workbench.training.run_folder import RunFolder

pytestmark = pytest.mark.slow  # all of them together

SIDE = 20  # pixels of a crop


@pytest.fixture(scope="module")
def crops() -> Dataset:
    """Six crops: three steps of two for each epoch."""
    return Natural(crops=6, size=SIDE).load(Path())


def drawn(template: str) -> Graph:
    """The template's network, every layer of which begins at the codes that a sample had last time."""
    builder = GraphBuilder(Samples((1, SIDE, SIDE)))
    TEMPLATES[template]().build(builder)
    graph = builder.graph()
    for node in list(graph):
        if node.layer.endswith("SparseCode2d"):
            graph = graph.with_node(replace(node, params={**node.params, "warm_start": True, "iterations": 4}))
    return graph


def job(folder: Path, template: str, data: Dataset, *, resume: bool = False) -> TrainingJob:
    stages = layer_by_layer(2, 2, together=1) if template == "deconv2" else layer_by_layer(1, 1, 1, 1, together=1)
    config = TrainingConfig.model_validate({"stages": stages, "schedule": "constant", "checkpoint_steps": 1})
    return TrainingJob(
        drawn(template), config, DataConfig(source="natural", batch_size=2), data, RunFolder(folder), resume=resume
    )


@pytest.mark.parametrize(
    ("template", "stop"), [("deconv2", 4), ("deconv2", 6), ("deconv2", 8), ("deconv2", 13), ("deconv4", 7)]
)
def test_it_resumes_to_the_bit(tmp_path: Path, crops: Dataset, template: str, stop: int) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(job(whole, template, crops)))
    events = train(job(parts, template, crops))
    for event in events:
        if isinstance(event, StepEnded) and event.step == stop:
            break
    events.close()
    list(train(job(parts, template, crops, resume=True)))
    assert logged(whole) == logged(parts)
    found, again = (newest(RunFolder(folder).checkpoints, "step")[0] for folder in (whole, parts))
    assert found is not None
    assert again is not None
    assert found.tensors.keys() == again.tensors.keys()
    assert any(key.startswith("samples.layer1") for key in found.tensors)
    assert all(torch.equal(tensor, again.tensors[key]) for key, tensor in found.tensors.items())

"""An inverse graphics network in training: exactly resumed, and a latent for the light after a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.factories import logged
from workbench.core.graph import Graph
from workbench.data.config import DataConfig
from workbench.data.loading import source_of
from workbench.data.sources.heads import Heads
from workbench.data.spec import Dataset
from workbench.insight.latent.study import study
from workbench.model.network import Network
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples
from workbench.training.checkpoint import newest
from workbench.training.config import TrainingConfig
from workbench.training.engine import TrainingJob, train
from workbench.training.events import StepEnded
from workbench.training.run_folder import RunFolder
from workbench.training.state import model_weights

pytestmark = pytest.mark.slow  # all of them together


@pytest.fixture(scope="module")
def few() -> Dataset:
    """Eight batches of each factor."""
    return Heads(batches=8, batch=6, people=10, test=20).load(Path())


def job(folder: Path, data: Dataset, *, resume: bool = False, **settings: Any) -> TrainingJob:
    given: dict[str, Any] = {"epochs": 2, "accumulate": 4, "checkpoint_steps": 1, **settings}
    config = TrainingConfig(optimizer="Adam", lr=0.002, **given)
    return TrainingJob(graph(data), config, DataConfig(source="heads"), data, RunFolder(folder), {}, resume=resume)


def graph(data: Dataset) -> Graph:
    """The small network of the templates."""
    builder = GraphBuilder(Samples((1, 32, 32), factors=data.fields["factor"].classes))
    REGISTRY["dcign32"]().build(builder)
    return builder.graph()


@pytest.mark.parametrize("accumulate", [1, 4])
@pytest.mark.parametrize("stop", [3, 8, 11])
def test_it_resumes_to_the_bit(tmp_path: Path, few: Dataset, accumulate: int, stop: int) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(job(whole, few, accumulate=accumulate)))
    events = train(job(parts, few, accumulate=accumulate))
    for event in events:
        if isinstance(event, StepEnded) and event.step == stop:
            break
    events.close()
    list(train(job(parts, few, accumulate=accumulate, resume=True)))
    assert logged(whole) == logged(parts)


def test_its_loss_falls_and_stays_finite(tmp_path: Path, few: Dataset) -> None:
    torch.manual_seed(0)
    losses = [event.loss for event in train(job(tmp_path, few, accumulate=1)) if isinstance(event, StepEnded)]
    assert sum(losses[-8:]) < 0.75 * sum(losses[:8])


def test_the_source_of_its_settings_is_found() -> None:
    assert isinstance(source_of(DataConfig(source="heads", options={"size": 64})), Heads)


@pytest.mark.slow
def test_a_minute_of_training_teaches_the_light_a_latent_of_its_own(tmp_path: Path) -> None:
    """1,200 steps of 4 × 10 pictures, 50 seconds of one core; measured on heads that it never saw.

    With seeds 0, 1, 2 the light has .270 .274 .297 of the variance, a gap of .259 .343 .329 and gains 2.4, 3.0, 3.1 dB.
    The same network without its clamp (`vae32`) fails every floor: .122 .094 .104, .079 .067 .043 and 1.0, 1.1, 0.5 dB.
    """
    source = Heads(batches=200, batch=10, people=500, test=600)
    data = source.load(Path())
    made = job(
        tmp_path,
        data,
        epochs=6,
        schedule="cosine",
        schedules={"cosine": {"warmup": 0.0}},
        checkpoint_steps=None,
        seed=0,
    )
    list(train(made))
    network = Network(made.graph)
    found, _ = newest(made.folder.checkpoints, "step")
    assert found is not None
    network.modules.load_state_dict(model_weights(found))
    result = study(network, made.graph, data, source.redraw)
    assert result is not None
    assert result.measures.share["light"] > 0.2
    assert result.measures.mig["light"] > 0.17
    assert result.views["light"].gain > 1.8

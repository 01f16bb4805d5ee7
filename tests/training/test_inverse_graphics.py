"""An inverse graphics network in training: exactly resumed, and better than an entangled code after half a minute."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.training.making import logged
from workbench.data.config import DataConfig
from workbench.data.loading import source_of
from workbench.data.sources.heads import Heads
from workbench.data.spec import Dataset
from workbench.project.templates.spec import REGISTRY, Pencil, Samples
from workbench.training.config import TrainingConfig
from workbench.training.engine import Job, train
from workbench.training.events import StepEnded
from workbench.training.run_folder import RunFolder


@pytest.fixture(scope="module")
def few() -> Dataset:
    """Eight batches of each factor."""
    return Heads(batches=8, batch=6, people=10, test=20).load(Path())


def job(folder: Path, data: Dataset, *, resume: bool = False, accumulate: int = 4) -> Job:
    pencil = Pencil(Samples((1, 32, 32), factors=data.fields["factor"].classes))
    REGISTRY["dcign32"]().draw(pencil)
    config = TrainingConfig(epochs=2, optimizer="Adam", lr=0.002, accumulate=accumulate, checkpoint_steps=1)
    return Job(pencil.graph(), config, DataConfig(source="heads"), data, RunFolder(folder), {}, resume=resume)


@pytest.mark.parametrize("accumulate", [1, 4])
@pytest.mark.parametrize("stop", [3, 8, 11])
def test_it_resumes_to_the_bit(tmp_path: Path, few: Dataset, accumulate: int, stop: int) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(job(whole, few, accumulate=accumulate)))
    events = train(job(parts, few, accumulate=accumulate))
    for event in events:
        if isinstance(event, StepEnded) and event.step == stop:
            break
    events.close()  # type: ignore[attr-defined]
    list(train(job(parts, few, accumulate=accumulate, resume=True)))
    assert logged(whole) == logged(parts)


def test_its_loss_falls_and_stays_finite(tmp_path: Path, few: Dataset) -> None:
    torch.manual_seed(0)
    losses = [event.loss for event in train(job(tmp_path, few, accumulate=1)) if isinstance(event, StepEnded)]
    assert sum(losses[-8:]) < 0.75 * sum(losses[:8])


def test_the_source_of_its_settings_is_found() -> None:
    assert isinstance(source_of(DataConfig(source="heads", options={"size": 64})), Heads)

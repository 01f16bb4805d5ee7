"""Metrics against torchmetrics, batch by batch."""

from __future__ import annotations

import math

import pytest
import torch
from torchmetrics.classification import MulticlassAccuracy, MulticlassConfusionMatrix
from torchmetrics.image import PeakSignalNoiseRatio
from torchmetrics.regression import MeanSquaredError

from workbench.layers.spec import REGISTRY
from workbench.training.metrics import METRICS, Accuracy, Confusion, Psnr, Rmse


@pytest.mark.parametrize("shape", [(), (4, 5)])
def test_accuracy_and_confusion_are_torchmetrics(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(1)
    accuracy, confusion = Accuracy(), Confusion()
    theirs, matrix = MulticlassAccuracy(6, average="micro"), MulticlassConfusionMatrix(6)
    for size in (7, 3):
        scores = torch.randn(size, 6, *shape, generator=generator)
        target = torch.randint(0, 6, (size, *shape), generator=generator)
        for metric in (accuracy, confusion):
            metric.update(scores, target)
        theirs.update(scores, target)
        matrix.update(scores, target)
    assert accuracy.value() == pytest.approx(float(theirs.compute()))
    assert torch.equal(torch.from_numpy(confusion.matrix), matrix.compute())


def test_rmse_and_psnr_are_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(2)
    rmse, psnr = Rmse(), Psnr()
    theirs, noise = MeanSquaredError(squared=False), PeakSignalNoiseRatio(data_range=(0.0, 1.0))
    for size in (5, 2):
        prediction, target = (torch.rand(size, 1, 6, 6, generator=generator) for _ in range(2))
        for metric in (rmse, psnr, theirs, noise):
            metric.update(prediction, target)
    assert rmse.value() == pytest.approx(float(theirs.compute()), rel=1e-5)
    assert psnr.value() == pytest.approx(float(noise.compute()), rel=1e-5)


def test_nothing_seen_is_no_number() -> None:
    assert math.isnan(Accuracy().value())
    assert math.isnan(Rmse().value())


def test_every_metric_that_a_loss_names_exists() -> None:
    named = {metric for _, layer in REGISTRY.items() for metric in layer.metrics}
    assert named
    assert named <= METRICS.keys()

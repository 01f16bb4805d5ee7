"""Metrics of a prediction against its answer, added up batch by batch without keeping the batches.

A loss layer names those that make sense for it (`metrics` of its declaration).
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MOST_CONFUSED = 1000


class Metric:
    """Sums over the batches seen so far.

    Attributes:
        is_cheap: whether it is also taken of the training batches while the network learns.
        higher_is_better: which way is better.
    """

    is_cheap: ClassVar[bool] = True
    higher_is_better: ClassVar[bool] = True

    def __init__(self) -> None:
        self.sums: list[float] = [0.0, 0.0]

    def update(self, prediction: Tensor, target: Tensor) -> None:
        """Adds a batch: scores (N, C, ...) with classes (N, ...), or numbers of one shape."""
        raise NotImplementedError

    def value(self) -> float:
        """The metric over everything added; NaN before anything was."""
        return self.sums[0] / self.sums[1] if self.sums[1] else math.nan


class Accuracy(Metric):
    """Share of samples (or pixels) whose highest score is the right class."""

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.sums[0] += int((prediction.argmax(1) == target).sum())
        self.sums[1] += target.numel()


class Rmse(Metric):
    """Root of the mean squared difference, in the target's unit."""

    higher_is_better: ClassVar[bool] = False

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.sums[0] += float((prediction - target).square().sum(dtype=torch.float64))
        self.sums[1] += target.numel()

    def value(self) -> float:
        return math.sqrt(super().value()) if self.sums[1] else math.nan


class Psnr(Rmse):
    """Peak signal-to-noise ratio in dB, for targets between 0 and 1: 10·log10(1 / mean squared difference)."""

    is_cheap: ClassVar[bool] = False
    higher_is_better: ClassVar[bool] = True

    def value(self) -> float:
        rmse = super().value()
        return -20 * math.log10(rmse) if rmse > 0 else math.inf


class Confusion(Metric):
    """How often each class (row) was taken for each class (column)."""

    is_cheap: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.matrix: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        classes = prediction.shape[1]
        if classes > MOST_CONFUSED:
            return
        pairs = target.flatten() * classes + prediction.argmax(1).flatten()
        counts = torch.bincount(pairs, minlength=classes * classes).reshape(classes, classes).cpu().numpy()
        self.matrix = self.matrix + counts if self.matrix.size else counts


METRICS: dict[str, type[Metric]] = {"accuracy": Accuracy, "rmse": Rmse, "psnr": Psnr, "confusion": Confusion}

"""How far numbers are from those that they should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="rmse", title="RMSE")
class Rmse(Metric):
    """Root of the mean squared difference, in the target's unit."""

    higher_is_better: ClassVar[bool] = False
    rank: ClassVar[int] = 10

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return compares_numbers(loss, prediction, target)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        self.added[0] += float((prediction - target).square().sum(dtype=torch.float64))
        self.added[1] += target.numel()

    def value(self) -> float:
        return math.sqrt(self.added[0] / self.added[1]) if self.added[1] else math.nan

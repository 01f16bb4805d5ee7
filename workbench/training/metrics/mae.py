"""How far numbers are on average from those that they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="mae", title="MAE")
class Mae(Metric):
    """Mean absolute difference, in the target's unit."""

    higher_is_better: ClassVar[bool] = False
    is_cheap: ClassVar[bool] = False
    rank: ClassVar[int] = 30

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return compares_numbers(loss, prediction, target)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        self.added[0] += float((prediction - target).abs().sum(dtype=torch.float64))
        self.added[1] += target.numel()

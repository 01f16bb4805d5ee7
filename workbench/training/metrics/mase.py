"""How a forecast stands against saying that nothing changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="mase", title="MASE")
class Mase(Metric):
    """Mean absolute error by that of the naive forecast on the same windows; below 1 is better than naive.

    Hyndman & Koehler (2006) divide by the naive error in the training part; this one is of the same windows, so that a
    quiet stretch of time makes nobody look good.
    """

    higher_is_better: ClassVar[bool] = False
    is_cheap: ClassVar[bool] = False
    beside: ClassVar[tuple[str, str] | None] = ("future", "naive")
    rank: ClassVar[int] = 15

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return not target.is_picture and compares_numbers(loss, prediction, target)

    def update_beside(self, prediction: Tensor, target: Tensor, other: Tensor) -> None:
        self.added[0] += float((prediction.double() - target).abs().sum())
        self.added[1] += float((other.double().reshape(target.shape) - target).abs().sum())

    def value(self) -> float:
        return self.added[0] / self.added[1] if self.added[1] else math.nan

"""How often a change goes the way that was said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="directional_accuracy", title="directional accuracy")
class DirectionalAccuracy(Metric):
    """Share of changes whose sign is right, those of zero left out; none where all targets have one sign."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    is_cheap: ClassVar[bool] = False
    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 90

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return not target.is_picture and compares_numbers(loss, prediction, target)

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 3  # signs that agree, targets above zero and below

    def update(self, prediction: Tensor, target: Tensor) -> None:
        moved = target != 0
        self.added[0] += int(((prediction.sign() == target.sign()) & moved).sum())
        self.added[1] += int((target > 0).sum())
        self.added[2] += int((target < 0).sum())

    def value(self) -> float:
        agree, up, down = self.added
        return agree / (up + down) if up and down else math.nan

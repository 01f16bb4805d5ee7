"""How often the right class is first, each class counting alike."""

from __future__ import annotations

import math
from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.mean_iou import MeanIou
from workbench.training.metrics.spec import metric, tells_classes


@metric(name="balanced_accuracy", title="balanced accuracy")
class BalancedAccuracy(MeanIou):
    """Mean over the classes that occur of the share of a class's samples (or pixels) that are taken for it."""

    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 32

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target)

    def value(self) -> float:
        shares = [both / true for both, _, true in self.counts() if true]
        return sum(shares) / len(shares) if shares else math.nan

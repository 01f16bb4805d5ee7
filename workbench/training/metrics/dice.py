"""How well the areas of a mask are met, as medicine counts it."""

from __future__ import annotations

import math
from typing import ClassVar

from workbench.training.metrics.mean_iou import MeanIou
from workbench.training.metrics.spec import metric


@metric(name="dice", title="Dice coefficient")
class Dice(MeanIou):
    """Mean over the classes that occur of twice what predicted and true area have in common, by the sum of both."""

    rank: ClassVar[int] = 30

    def value(self) -> float:
        shares = [2 * both / (said + true) for both, said, true in self.counts() if said + true]
        return sum(shares) / len(shares) if shares else math.nan

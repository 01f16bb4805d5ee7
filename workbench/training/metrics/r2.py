"""How much of what numbers differ by is explained."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor

MOST_NUMBERS = 1000  # of one sample


@metric(name="r2", title="R²")
class R2(Metric):
    """Coefficient of determination, mean over a sample's numbers: 1 is perfect, 0 as good as saying the mean."""

    form: ClassVar[str] = ".4f"
    is_cheap: ClassVar[bool] = False
    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 35

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        is_small = not target.is_picture and target.elements <= MOST_NUMBERS
        return is_small and compares_numbers(loss, prediction, target)

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 1 + 3 * target.elements  # samples; for each number squared differences, sum and sum of squares

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        wanted = target.double().flatten(1)
        missed = (prediction.double().flatten(1) - wanted).square().sum(0)
        sums = torch.cat([missed, wanted.sum(0), wanted.square().sum(0)]).tolist()
        self.added = [before + now for before, now in zip(self.added, [len(target), *sums], strict=True)]

    def value(self) -> float:
        """The mean over those numbers that differ between samples."""
        count, *sums = self.added
        size = len(sums) // 3
        found = []
        for missed, total, squares in zip(sums[:size], sums[size : 2 * size], sums[2 * size :], strict=True):
            spread = squares - total**2 / count if count else 0.0
            if spread > 1e-12 * squares:
                found.append(1 - missed / spread)
        return sum(found) / len(found) if found else math.nan

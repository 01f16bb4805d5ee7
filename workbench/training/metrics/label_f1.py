"""How well labels are found, whether they are many or few."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, metric, tells_labels

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="label_f1", title="label F1")
class LabelF1(Metric):
    """Harmonic mean of precision and recall of each label, mean over those that some sample has or is said to have."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    is_main: ClassVar[bool] = True
    rank: ClassVar[int] = 5

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_labels(loss, prediction, target)

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 3 * target.shape[0]  # of each label: said rightly, said, there

    def update(self, prediction: Tensor, target: Tensor) -> None:
        said, there = prediction > 0, target > 0.5
        counts = [*(said & there).sum(0).tolist(), *said.sum(0).tolist(), *there.sum(0).tolist()]
        self.added = [before + count for before, count in zip(self.added, counts, strict=True)]

    def value(self) -> float:
        labels = len(self.added) // 3
        right, said, there = (self.added[part * labels : (part + 1) * labels] for part in range(3))
        found = [2 * a / (b + c) for a, b, c in zip(right, said, there, strict=True) if b + c]
        return sum(found) / len(found) if found else math.nan

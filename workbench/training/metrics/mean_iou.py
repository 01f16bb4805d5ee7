"""How well the areas of a mask are met."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, metric, tells_classes

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="mean_iou", title="mean IoU")
class MeanIou(Metric):
    """Mean over the classes of what predicted and true area have in common, by what they cover together."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    is_cheap: ClassVar[bool] = False
    of_classes: ClassVar[bool] = True
    rank: ClassVar[int] = 20

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and target.kind == "mask"

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 3 * prediction.channels  # pixels that are met, predicted and true, class by class

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        classes, said = prediction.shape[1], prediction.argmax(1)
        counted = (each.flatten().bincount(minlength=classes) for each in (target[said == target], said, target))
        self.added = [before + now for before, now in zip(self.added, torch.cat(list(counted)).tolist(), strict=True)]

    def counts(self) -> Iterator[tuple[float, float, float]]:
        """Yields for each class that counts how many pixels are met, predicted and true."""
        classes = len(self.added) // 3
        of_each = zip(*(self.added[start : start + classes] for start in range(0, 3 * classes, classes)), strict=True)
        yield from (counts for number, counts in enumerate(of_each) if number != self.uncounted_class)

    def value(self) -> float:
        shares = [met / (said + true - met) for met, said, true in self.counts() if said + true]  # classes that occur
        return sum(shares) / len(shares) if shares else math.nan

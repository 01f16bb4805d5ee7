"""How often it is said rightly of a label whether a sample has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, metric, tells_labels

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="label_accuracy", title="label accuracy")
class LabelAccuracy(Metric):
    """Share of labels of which it is said rightly whether they are there (1 less the Hamming loss)."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    rank: ClassVar[int] = 6

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_labels(loss, prediction, target)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.added[0] += int(((prediction > 0) == (target > 0.5)).sum())
        self.added[1] += target.numel()

"""How often the right class is first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, metric, tells_classes

if TYPE_CHECKING:
    from torch import Tensor


@metric(name="accuracy", title="accuracy")
class Accuracy(Metric):
    """Share of samples (or pixels) whose highest score is the right class."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    is_main: ClassVar[bool] = True
    of_classes: ClassVar[bool] = True
    rank: ClassVar[int] = 10

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.added[0] += int((prediction.argmax(1) == target).sum())
        self.added[1] += target.numel()

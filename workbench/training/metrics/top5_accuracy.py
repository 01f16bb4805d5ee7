"""How often the right class is among the first five."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import SHARE, Metric, metric, tells_classes

if TYPE_CHECKING:
    from torch import Tensor

FIRST = 5
FEWEST_CLASSES = 10  # with fewer nearly everything is among the first five


@metric(name="top5_accuracy", title="top-5 accuracy")
class Top5Accuracy(Metric):
    """Share of samples whose right class is among the five highest scores."""

    unit: ClassVar[str] = SHARE
    form: ClassVar[str] = ".2%"
    is_cheap: ClassVar[bool] = False
    of_classes: ClassVar[bool] = True
    rank: ClassVar[int] = 20

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and target.kind == "class" and prediction.channels >= FEWEST_CLASSES

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.added[0] += int((prediction.topk(FIRST, 1).indices == target.unsqueeze(1)).sum())
        self.added[1] += target.numel()

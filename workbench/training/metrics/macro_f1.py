"""How well every class is found, whether it is frequent or rare."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.dice import Dice
from workbench.training.metrics.spec import metric, tells_classes


@metric(name="macro_f1", title="macro F1")
class MacroF1(Dice):
    """Mean over the classes that occur of the harmonic mean of precision and recall."""

    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 35

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and target.kind == "class"

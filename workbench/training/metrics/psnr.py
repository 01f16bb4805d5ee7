"""How little noise there is in a picture that is drawn again."""

from __future__ import annotations

import math
from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.rmse import Rmse
from workbench.training.metrics.spec import metric


@metric(name="psnr", title="PSNR")
class Psnr(Rmse):
    """Peak signal-to-noise ratio in dB, for targets between 0 and 1: 10·log10(1 / mean squared difference)."""

    unit: ClassVar[str] = "dB"
    form: ClassVar[str] = ".2f"
    is_cheap: ClassVar[bool] = False
    higher_is_better: ClassVar[bool] = True
    rank: ClassVar[int] = 20

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return super().applies_to(loss, prediction, target) and target.is_picture

    def value(self) -> float:
        rmse = super().value()
        return math.inf if rmse == 0 else -20 * math.log10(rmse)

"""The overlap of masks (Milletari et al. 2016), for segmentation with small objects."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_mask_loss import MaskLoss
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Dice loss", group="Loss")
class DiceLoss(MaskLoss):
    """Measures how little predicted and given masks overlap, however small they are; scores go in as they are."""

    activation: ClassVar[str] = "softmax"
    formula: ClassVar[str] = "loss = 1 − mean over channels of (2 · Σ p · t + smooth) / (Σ p² + Σ t² + smooth)"

    smooth: float = Field(1.0, gt=0, le=1e6, description="Added above and below, so that empty masks count as met")
    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over the batch")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("DiceLoss", home="workbench.layers.dice_loss.module", **self.of_module())

    def divisor(self, value: Value, samples: int) -> float:
        """Each sample has one overlap."""
        return super().divisor(value.reshaped(), samples)

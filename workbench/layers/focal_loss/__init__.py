"""The loss that looks at what is hard (Lin et al. 2017), for classes of which there are few samples."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_mask_loss import MaskLoss
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Focal loss", group="Loss")
class FocalLoss(MaskLoss):
    """Measures yes and no for each score and counts less what is right already; scores go in as they are."""

    activation: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "loss = mean of −α · (1 − p)^gamma · log(p), p = σ(prediction) for a yes, 1 − σ for a no"

    alpha: float | None = Field(
        0.25, ge=0, le=1, description="How much a yes counts; a no counts 1 − alpha; without it both count 1"
    )
    gamma: float = Field(2.0, ge=0, le=10, description="How much less counts what is right already; 0: as much")
    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over all scores of the batch")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("FocalLoss", home="workbench.layers.focal_loss.module", **self.of_module())

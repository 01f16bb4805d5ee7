"""What losses have in common that measure how well a picture is drawn again."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_difference_loss import PICTURED, check_same_shape
from workbench.layers.base_loss import Loss
from workbench.layers.spec import In


class ReconstructionLoss(Loss):
    """Compares a prediction with a target of its shape, summed over pixels; subclasses add formula and module."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds=PICTURED),
        In("target", kinds=PICTURED, default_source="Target"),
    )

    reduction: Literal["batch_mean", "sum", "mean"] = Field(
        "batch_mean", description="Summed over pixels and averaged over the batch, or summed or averaged over both"
    )

    def output(self, prediction: Value, target: Value) -> Value:
        check_same_shape(prediction, target)
        return Value((), "loss")

"""How well a picture is drawn again, its pixels taken for means of normal distributions."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.loss import Loss
from workbench.layers.mse_loss import PICTURED, check_same_shape
from workbench.layers.spec import In, layer


@layer(title="Gaussian reconstruction loss", group="Loss")
class GaussianLoss(Loss):
    """Measures how unlikely the target is under a normal distribution of variance 1 round the prediction."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds=PICTURED),
        In("target", kinds=PICTURED, default_source="Target"),
    )
    formula: ClassVar[str] = "loss = ½ Σ (prediction − target)²"

    reduction: Literal["batch_mean", "sum", "mean"] = Field(
        "batch_mean", description="Summed over pixels and averaged over the batch, or summed or averaged over both"
    )

    def output(self, prediction: Value, target: Value) -> Value:
        check_same_shape(prediction, target)
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("GaussianLoss", reduction=self.reduction, home="workbench.layers.gaussian_loss.module")

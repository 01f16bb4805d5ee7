"""How well a picture is drawn again, its pixels taken for probabilities of white."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.loss import Loss
from workbench.layers.mse_loss import PICTURED, check_same_shape
from workbench.layers.spec import In, layer


@layer(title="Bernoulli reconstruction loss", group="Loss")
class BernoulliLoss(Loss):
    """Measures how unlikely the target is where each predicted value is the probability of a white pixel."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds=PICTURED),
        In("target", kinds=PICTURED, default_source="Target"),
    )
    formula: ClassVar[str] = "loss = −Σ (target·log(prediction) + (1 − target)·log(1 − prediction))"

    reduction: Literal["batch_mean", "sum", "mean"] = Field(
        "batch_mean", description="Summed over pixels and averaged over the batch, or summed or averaged over both"
    )

    def output(self, prediction: Value, target: Value) -> Value:
        check_same_shape(prediction, target)
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("BernoulliLoss", reduction=self.reduction, home="workbench.layers.bernoulli_loss.module")

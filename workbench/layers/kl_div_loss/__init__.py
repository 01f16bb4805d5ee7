"""How far predicted probabilities are from given ones (Kullback & Leibler 1951)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_difference_loss import check_same_shape
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.spec import In, layer


@layer(title="KL divergence of probabilities", group="Loss")
class KLDivLoss(Loss):
    """Measures how far predicted log-probabilities are from given probabilities; a LogSoftmax goes before it."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds={"vector", "map"}),
        In("target", kinds={"vector", "map", "class_probs"}, unit_range=True, default_source="Target"),
    )
    activation: ClassVar[str] = "softmax"
    wants_before: ClassVar[str] = "LogSoftmax"
    formula: ClassVar[str] = "loss = Σ target · (log(target) − prediction)"

    reduction: Literal["batchmean", "mean", "sum"] = Field(
        "batchmean", description="Summed for each sample and averaged over the batch, or averaged over all, or summed"
    )
    log_target: bool = Field(False, description="Whether the target is logarithms too")

    def output(self, prediction: Value, target: Value) -> Value:
        check_same_shape(prediction, target)
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        if self.reduction == "mean":  # of which torch warns each time that it is not the divergence
            return call("AveragedKLDivLoss", home="workbench.layers.kl_div_loss.module", **self.of_module())
        return call("nn.KLDivLoss", **self.of_module())

    def divisor(self, value: Value, samples: int) -> float:
        return samples if self.reduction == "batchmean" else super().divisor(value, samples)

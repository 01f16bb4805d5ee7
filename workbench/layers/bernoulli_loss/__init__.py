"""How well a picture is drawn again, its pixels taken for probabilities of white."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.base_reconstruction_loss import ReconstructionLoss
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Bernoulli reconstruction loss", group="Loss")
class BernoulliLoss(ReconstructionLoss):
    """Measures how unlikely the target is where each predicted value is the probability of a white pixel."""

    formula: ClassVar[str] = "loss = −Σ (target·log(prediction) + (1 − target)·log(1 − prediction))"

    def module(self, prediction: Value, target: Value) -> Call:
        return call("BernoulliLoss", reduction=self.reduction, home="workbench.layers.bernoulli_loss.module")

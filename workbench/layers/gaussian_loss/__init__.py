"""How well a picture is drawn again, its pixels taken for means of normal distributions."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.base_reconstruction_loss import ReconstructionLoss
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Gaussian reconstruction loss", group="Loss")
class GaussianLoss(ReconstructionLoss):
    """Measures how unlikely the target is under a normal distribution of variance 1 round the prediction."""

    formula: ClassVar[str] = "loss = ½ Σ (prediction − target)²"

    def module(self, prediction: Value, target: Value) -> Call:
        return call("GaussianLoss", reduction=self.reduction, home="workbench.layers.gaussian_loss.module")

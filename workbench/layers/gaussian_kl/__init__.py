"""How far a code's distribution is from a standard normal one: the price of what the code tells."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.gaussian_sample import LATENT, check_pair
from workbench.layers.spec import In, layer


@layer(title="Gaussian KL divergence", group="Loss")
class GaussianKL(Loss):
    """Measures how far the code's distribution is from a standard normal one."""

    stem: ClassVar[str] = "kl"
    inputs: ClassVar[tuple[In, ...]] = (In("mu", kinds=LATENT), In("logvar", kinds=LATENT))
    formula: ClassVar[str] = "loss = −½ Σ (1 + logvar − mu² − exp(logvar))"

    reduction: Literal["batch_mean", "sum", "mean"] = Field(
        "batch_mean", description="Summed over latents and averaged over the batch, or summed or averaged over both"
    )

    def output(self, mu: Value, logvar: Value) -> Value:
        check_pair(mu, logvar)
        return Value((), "loss")

    def module(self, mu: Value, logvar: Value) -> Call:
        return call("GaussianKL", reduction=self.reduction, home="workbench.layers.gaussian_kl.module")

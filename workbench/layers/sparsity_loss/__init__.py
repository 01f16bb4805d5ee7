"""The price of codes: few and small ones are preferred."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.spec import In, layer


@layer(title="Sparsity", group="Loss")
class SparsityLoss(Loss):
    """Measures how much there is in the codes, so that few and small ones are preferred."""

    stem: ClassVar[str] = "sparsity"
    inputs: ClassVar[tuple[In, ...]] = (In("codes", kinds={"map", "vector", "sequence", "scalar"}),)
    formula: ClassVar[str] = "loss = Σ |codes|^p"

    p: float = Field(1.0, gt=0, le=2, description="Power; the smaller, the less a large code costs against two small")
    reduction: Literal["batch_mean", "sum", "mean"] = Field(
        "batch_mean", description="Summed over codes and averaged over the batch, or summed or averaged over both"
    )

    def output(self, codes: Value) -> Value:
        return Value((), "loss")

    def module(self, codes: Value) -> Call:
        return call("SparsityLoss", p=self.p, reduction=self.reduction, home="workbench.layers.sparsity_loss.module")

"""Scores into probabilities."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Windows


@layer(title="Softmax", group="Activation")
class Softmax(Layer):
    """Turns scores into shares that are positive and sum to one."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    takes_scores: ClassVar[str] = "x"
    formula: ClassVar[str] = "y[k] = exp(x[k]) / Σ exp(x[j])"

    dim: int = Field(1, ge=1, le=4, description="Axis that sums to one, batch included: 1 = classes or channels")

    def output(self, x: Value) -> Value:
        if self.dim > len(x.shape):
            raise ShapeError(
                f"dim = {self.dim} is not an axis of {x}, which has {len(x.shape)} and the batch.",
                found=f"dim {self.dim}",
                needed=f"1 to {len(x.shape)}",
                fixes=(SuggestParam("dim", 1),),
            )
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Softmax", dim=self.dim)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        return super().windows(x) if self.dim == 1 else None

"""What the layers share that make shares of scores, along one axis."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import axis_of
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer
from workbench.layers.windows import Windows


class SharesOfScores(Layer):
    """Turns scores into shares of one; the subclasses are called as torch's modules."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    takes_scores: ClassVar[str] = "x"

    dim: int = Field(
        1,
        ge=-4,
        le=4,
        description="Axis that sums to one, batch included: 1 = classes or channels; negative ones count from the last",
    )

    def output(self, x: Value) -> Value:
        axis_of(self.dim, x)
        return x

    def module(self, x: Value) -> Call:
        return call(f"nn.{type(self).__name__}", dim=self.dim)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        return super().windows(x) if axis_of(self.dim, x) == 1 else None

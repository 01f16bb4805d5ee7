"""Average pooling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_pooling import Pooling
from workbench.layers.call import Call, call
from workbench.layers.spec import In, layer


@layer(title="Average pooling 2D", group="Pooling")
class AvgPool2d(Pooling):
    """Replaces each window by its mean."""

    stem: ClassVar[str] = "pool"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = mean of x[c] in the window at (i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    }

    count_include_pad: bool = Field(True, description="Count the margin's zeros in the mean")

    def output(self, x: Value) -> Value:
        return self.pooled(x)

    def module(self, x: Value) -> Call:
        return call(
            "nn.AvgPool2d",
            self.kernel_size,
            stride=self.step(),
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )

"""Average pooling to a size that is given, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import Size2, per_axis
from workbench.layers.spec import In, Layer, layer
from workbench.layers.windows import Regions, Windows


@layer(title="Adaptive average pooling 2D", group="Pooling")
class AdaptiveAvgPool2d(Layer):
    """Averages each map down to a fixed height and width; 1 gives the mean of the whole map."""

    stem: ClassVar[str] = "pool"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = mean of x[c] over rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉ and columns alike"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adaptive_avg_pool2d": ("output_size",)}

    output_size: Size2 = Field(1, description="Height and width of the output, in pixels")

    def output(self, x: Value) -> Value:
        return x.reshaped(x.channels, *per_axis(self.output_size, 2))

    def module(self, x: Value) -> Call:
        return call("nn.AdaptiveAvgPool2d", self.output_size)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (tuple(Regions(*sizes) for sizes in zip(x.spatial, per_axis(self.output_size, 2), strict=True)),)

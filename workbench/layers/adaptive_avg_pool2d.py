"""Average pooling over height and width to a size that is given, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_adaptive_pooling import AdaptivePooling
from workbench.layers.settings import Size2
from workbench.layers.spec import In, layer


@layer(title="Adaptive average pooling 2D", group="Pooling")
class AdaptiveAvgPool2d(AdaptivePooling):
    """Averages each map down to a fixed height and width; 1 gives the mean of the whole map."""

    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = mean of x[c] over rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉ and columns alike"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adaptive_avg_pool2d": ("output_size",)}

    output_size: Size2 = Field(1, description="Height and width of the output, in pixels")

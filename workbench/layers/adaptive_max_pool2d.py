"""Maximum pooling over height and width to a size that is given, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_adaptive_pooling import AdaptivePooling
from workbench.layers.settings import Size2
from workbench.layers.spec import In, layer


@layer(title="Adaptive max pooling 2D", group="Pooling")
class AdaptiveMaxPool2d(AdaptivePooling):
    """Keeps the largest values of each map, down to a fixed height and width."""

    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y[c, i, j] = max of x[c] over rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉ and columns alike"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adaptive_max_pool2d": ("output_size",)}

    output_size: Size2 = Field(1, description="Height and width of the output, in pixels")

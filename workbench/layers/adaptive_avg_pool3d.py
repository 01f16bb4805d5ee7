"""Average pooling of volumes to a size that is given, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_adaptive_pooling import AdaptivePooling
from workbench.layers.settings import Size3
from workbench.layers.spec import In, layer


@layer(title="Adaptive average pooling 3D", group="Pooling")
class AdaptiveAvgPool3d(AdaptivePooling):
    """Averages each volume down to a fixed depth, height and width; 1 gives the mean of the whole volume."""

    axes: ClassVar[int] = 3
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, h, i, j] = mean of x[c] over rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉, slices and columns alike"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adaptive_avg_pool3d": ("output_size",)}

    output_size: Size3 = Field(1, description="Depth, height and width of the output, in voxels")

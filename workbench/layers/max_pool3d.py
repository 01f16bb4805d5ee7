"""Maximum pooling of volumes, which can also give the place of each maximum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_max_pooling import MaxPooling
from workbench.layers.settings import Margin3, Size3
from workbench.layers.spec import In, layer


@layer(title="Max pooling 3D", group="Pooling")
class MaxPool3d(MaxPooling):
    """Keeps the largest value of each window of a volume, and on request where it stood (its switches)."""

    axes: ClassVar[int] = 3
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(4,)),)
    formula: ClassVar[str] = "y[c, h, i, j] = max of x[c] in the window at (h·stride, i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "max_pool3d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    }

    kernel_size: Size3 = Field(2, description="Depth, height and width of the window, in voxels")
    stride: Size3 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin3 = Field(0, description="Margin around the volume, in voxels: at most half a window")
    dilation: Size3 = Field(1, description="Distance of the window's taps, in voxels")

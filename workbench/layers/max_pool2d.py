"""Maximum pooling over height and width, which can also give the place of each maximum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_max_pooling import MaxPooling
from workbench.layers.settings import Margin2, Size2
from workbench.layers.spec import In, layer


@layer(title="Max pooling 2D", group="Pooling")
class MaxPool2d(MaxPooling):
    """Keeps the largest value of each window, and on request where it stood (its switches)."""

    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y[c, i, j] = max of x[c] in the window at (i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "max_pool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    }

    kernel_size: Size2 = Field(2, description="Height and width of the window, in pixels")
    stride: Size2 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin2 = Field(0, description="Margin around the image, in pixels: at most half a window")
    dilation: Size2 = Field(1, description="Distance of the window's taps, in pixels")

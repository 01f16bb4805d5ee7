"""Average pooling over height and width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_avg_pooling import LARGEST_DIVISOR, AvgPooling
from workbench.layers.settings import Margin2, Size2
from workbench.layers.spec import In, layer


@layer(title="Average pooling 2D", group="Pooling")
class AvgPool2d(AvgPooling):
    """Replaces each window by its mean."""

    axes: ClassVar[int] = 2
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y[c, i, j] = mean of x[c] in the window at (i·stride, j·stride)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    }

    kernel_size: Size2 = Field(2, description="Height and width of the window, in pixels")
    stride: Size2 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin2 = Field(0, description="Margin around the image, in pixels: at most half a window")
    divisor_override: int | None = Field(
        None, ge=1, le=LARGEST_DIVISOR, description="Divide each window's sum by this instead of by how many it counts"
    )

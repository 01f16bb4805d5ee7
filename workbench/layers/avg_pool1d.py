"""Average pooling along a series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_avg_pooling import AvgPooling
from workbench.layers.settings import Margin1, Size1, Step1
from workbench.layers.spec import In, layer


@layer(title="Average pooling 1D", group="Pooling")
class AvgPool1d(AvgPooling):
    """Replaces each window of a series by its mean."""

    axes: ClassVar[int] = 1
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)
    formula: ClassVar[str] = "y[c, i] = mean of x[c] in the window at i·stride"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "avg_pool1d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    }

    kernel_size: Size1 = Field(2, description="Length of the window, in steps")
    stride: Step1 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin1 = Field(0, description="Margin around the series, in steps: at most half a window")

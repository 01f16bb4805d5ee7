"""Maximum pooling along a series, which can also give the place of each maximum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_max_pooling import MaxPooling
from workbench.layers.settings import Margin1, Size1, Step1
from workbench.layers.spec import In, layer


@layer(title="Max pooling 1D", group="Pooling")
class MaxPool1d(MaxPooling):
    """Keeps the largest value of each window of a series, and on request where it stood (its switches)."""

    axes: ClassVar[int] = 1
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)
    formula: ClassVar[str] = "y[c, i] = max of x[c] in the window at i·stride"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "max_pool1d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    }

    kernel_size: Size1 = Field(2, description="Length of the window, in steps")
    stride: Step1 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin1 = Field(0, description="Margin around the series, in steps: at most half a window")
    dilation: Step1 = Field(1, description="Distance of the window's taps, in steps")

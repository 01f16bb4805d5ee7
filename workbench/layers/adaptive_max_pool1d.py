"""Maximum pooling along a series to a size that is given, whatever comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.layers.base_adaptive_pooling import AdaptivePooling
from workbench.layers.settings import Size1
from workbench.layers.spec import In, layer


@layer(title="Adaptive max pooling 1D", group="Pooling")
class AdaptiveMaxPool1d(AdaptivePooling):
    """Keeps the largest values of each series, down to a fixed length."""

    axes: ClassVar[int] = 1
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2,)),)
    formula: ClassVar[str] = "y[c, i] = max of x[c] over steps ⌊i·L/l⌋ to ⌈(i+1)·L/l⌉"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adaptive_max_pool1d": ("output_size",)}

    output_size: Size1 = Field(1, description="Length of the output, in steps")

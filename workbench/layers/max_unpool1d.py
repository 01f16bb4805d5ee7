"""Unpooling of series by switches: every value goes back to where its maximum stood."""

from __future__ import annotations

from typing import ClassVar

from workbench.layers.base_max_unpooling import MaxUnpooling
from workbench.layers.spec import In, layer


@layer(title="Max unpooling 1D", group="Pooling")
class MaxUnpool1d(MaxUnpooling):
    """Puts each value back to where the switches found the maximum of a series; everything else is zero."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(2,)),
        In("switches", kinds={"switches"}, axes=(2,)),
    )
    formula: ClassVar[str] = "y[c, switches[c, i]] += x[c, i]"

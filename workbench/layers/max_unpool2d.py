"""Unpooling by switches: every value goes back to where its maximum stood."""

from __future__ import annotations

from typing import ClassVar

from workbench.layers.base_max_unpooling import MaxUnpooling
from workbench.layers.spec import In, layer


@layer(title="Max unpooling 2D", group="Pooling")
class MaxUnpool2d(MaxUnpooling):
    """Puts each value back to where the maximum stood that the switches remember; everything else is zero."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(3,)),
        In("switches", kinds={"switches"}, axes=(3,)),
    )
    formula: ClassVar[str] = "y[c, switches[c, i, j]] += x[c, i, j]"

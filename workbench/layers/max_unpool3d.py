"""Unpooling of volumes by switches: every value goes back to where its maximum stood."""

from __future__ import annotations

from typing import ClassVar

from workbench.layers.base_max_unpooling import MaxUnpooling
from workbench.layers.spec import In, layer


@layer(title="Max unpooling 3D", group="Pooling")
class MaxUnpool3d(MaxUnpooling):
    """Puts each value back to where the switches found the maximum of a volume; everything else is zero."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(4,)),
        In("switches", kinds={"switches"}, axes=(4,)),
    )
    formula: ClassVar[str] = "y[c, switches[c, h, i, j]] += x[c, h, i, j]"

"""Unpooling by switches: every value goes back to where its maximum stood."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, layer
from workbench.layers.windows import Windows, spread


@layer(title="Max unpooling 2D", group="Pooling")
class MaxUnpool2d(Layer):
    """Puts each value back to where the maximum stood that the switches remember; everything else is zero."""

    stem: ClassVar[str] = "unpool"
    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(3,)),
        In("switches", kinds={"switches"}, axes=(3,)),
    )
    formula: ClassVar[str] = "y[c, switches[c, i, j]] += x[c, i, j]"

    def output(self, x: Value, switches: Value) -> Value:
        if x.shape != switches.shape:
            raise ShapeError(f"gets {x}, but its switches are for {switches}.", found=str(x), needed=str(switches))
        return x.reshaped(*switches.unpooled)

    def module(self, x: Value, switches: Value) -> Call:
        return call("MaxUnpool2d", *switches.unpooled[1:], home="workbench.layers.max_unpool2d.module")

    def windows(self, x: Value, switches: Value) -> tuple[Windows, ...]:
        """A pixel may come from any window that it was pooled in; which one, the switches say."""
        return (spread(*switches.windows),) * 2

"""Unpooling by switches over pixels and neighbouring maps."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, layer
from workbench.layers.windows import Windows, spread


@layer(title="Max unpooling 3D with switches", group="Deconvolutional")
class MaxUnpool3dSwitches(Layer):
    """Puts each value back to the map and pixel that the switches remember; everything else is zero."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(3,)),
        In("switches", kinds={"switches"}, axes=(3,)),
    )
    formula: ClassVar[str] = "y[map and pixel switches[g, i, j] of group g] = x[g, i, j]"

    def output(self, x: Value, switches: Value) -> Value:
        if x.shape != switches.shape:
            raise ShapeError(f"gets {x}, but its switches are for {switches}.", found=str(x), needed=str(switches))
        return x.reshaped(*switches.unpooled)

    def module(self, x: Value, switches: Value) -> Call:
        maps = switches.unpooled[0] // x.channels
        home = "workbench.layers.max_unpool3d_switches.module"
        return call("MaxUnpool3dSwitches", maps, *switches.unpooled[1:], home=home)

    def windows(self, x: Value, switches: Value) -> tuple[Windows, ...]:
        """A pixel comes from the block that it was pooled in."""
        return (spread(*switches.windows),) * 2

"""What unpooling by switches shares along one, two and three axes: every value goes back to where its maximum was."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, ShapeError
from workbench.layers.windows import Windows, spread


class MaxUnpooling(Layer):
    """Puts each value back to where the maximum was; the subclasses fix the ports' axes."""

    stem: ClassVar[str] = "unpool"

    def output(self, x: Value, switches: Value) -> Value:
        if x.shape != switches.shape:
            raise ShapeError(f"gets {x}, but its switches are for {switches}.", found=str(x), needed=str(switches))
        return x.reshaped(*switches.unpooled)

    def module(self, x: Value, switches: Value) -> Call:
        return call("MaxUnpool", *switches.unpooled[1:], home="workbench.layers.base_max_unpooling.module")

    def windows(self, x: Value, switches: Value) -> tuple[Windows, ...]:
        """A position may come from any window that it was pooled in; which one, the switches say."""
        return (spread(*switches.windows),) * 2

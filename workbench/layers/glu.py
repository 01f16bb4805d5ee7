"""The gated linear unit (Dauphin et al. 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import axis_of
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, layer
from workbench.layers.windows import Windows


@layer(title="Gated linear unit", group="Activation")
class GLU(Layer):
    """Weighs one half of the channels by the sigmoid of the other half."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    formula: ClassVar[str] = "y = a · sigmoid(b), a and b: first and second half of x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"glu": ("dim",)}

    dim: int = Field(
        1,
        ge=-4,
        le=4,
        description="Axis that is halved, batch included: 1 = channels; negative ones count from the last",
    )

    def output(self, x: Value) -> Value:
        axis = axis_of(self.dim, x)
        size = x.shape[axis - 1]
        if size % 2:
            raise ShapeError(
                f"halves axis {self.dim} of {x}, whose {size} cannot be halved.",
                found=str(size),
                needed="an even number",
                fixes=(SetWidth(size + 1),) if axis == 1 else (),
            )
        return x.reshaped(*x.shape[: axis - 1], size // 2, *x.shape[axis:])

    def module(self, x: Value) -> Call:
        return call("nn.GLU", dim=self.dim)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        return super().windows(x) if axis_of(self.dim, x) == 1 else None

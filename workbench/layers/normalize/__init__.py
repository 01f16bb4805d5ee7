"""Vectors of length one."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import axis_of
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer
from workbench.layers.windows import Windows


@layer(title="Normalise to length one (L2)", group="Normalisation")
class Normalize(Layer):
    """Divides the channels of each position by their length, so that directions alone are compared."""

    stem: ClassVar[str] = "unit"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    formula: ClassVar[str] = "y = x / max(‖x‖, eps), ‖x‖ = (Σ |x|^p)^(1/p) along the axis"

    p: float = Field(2.0, ge=1, le=16, description="Power in the length: 2 for the usual one, 1 for the sum of sizes")
    dim: int = Field(
        1,
        ge=-4,
        le=4,
        description="Axis of the lengths, batch included: 1 = channels; negative ones count from the last",
    )
    eps: float = Field(1e-12, gt=0, le=1, description="Least length that is divided by")

    def output(self, x: Value) -> Value:
        axis_of(self.dim, x)
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call("UnitLength", home="workbench.layers.normalize.module", **settings)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        return super().windows(x) if axis_of(self.dim, x) == 1 else None

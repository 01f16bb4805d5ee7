"""What the instance normalisations share (Ulyanov et al. 2016): each channel of each sample by itself."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, ShapeError
from workbench.layers.windows import Windows


class InstanceNorm(Layer):
    """Centres and scales each channel of each sample; the subclasses fix the number of axes."""

    stem: ClassVar[str] = "norm"
    trains: ClassVar[bool] = True
    formula: ClassVar[str] = "y = (x − mean) / √(var + eps), for each channel of each sample"

    eps: float = Field(1e-5, gt=0, le=1, description="Added to the variance so that nothing is divided by zero")
    momentum: float = Field(0.1, ge=0, le=1, description="Share of the new batch in the running mean and variance")
    affine: bool = Field(False, description="Learn a scale and an offset for each channel")
    track_running_stats: bool = Field(
        False, description="Predict with running mean and variance in the place of the sample's own"
    )

    def output(self, x: Value) -> Value:
        if prod(x.spatial) == 1:
            raise ShapeError(
                f"gets {x}, one value for each channel, which has no variance.",
                found=str(x),
                needed="several positions",
            )
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call(f"nn.{type(self).__name__}", x.channels, **settings)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Without running statistics every position takes part in mean and variance."""
        return super().windows(x) if self.track_running_stats else None

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}

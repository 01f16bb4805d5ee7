"""What the batch normalisations share: the channels are centred and scaled over the batch, then by learnt numbers."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.windows import Windows


class BatchNorm(Layer):
    """Centres and scales each channel; the subclasses fix the number of axes."""

    trains: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = (x − mean) / √(var + eps) · weight + bias, for each channel"

    eps: float = Field(1e-5, gt=0, le=1, description="Added to the variance so that nothing is divided by zero")
    momentum: float = Field(0.1, ge=0, le=1, description="Share of the new batch in the running mean and variance")
    affine: bool = Field(True, description="Learn a scale and an offset for each channel")
    track_running_stats: bool = Field(True, description="Keep running mean and variance for prediction")

    def output(self, x: Value) -> Value:
        if not self.track_running_stats and prod(x.spatial) == 1:
            raise ShapeError(
                f"has no running statistics, and a single sample of {x} has one value for each channel, whose variance "
                "is not known. So it could not predict.",
                found=str(x),
                needed="running statistics, or several values for each channel",
                fixes=(SuggestParam("track_running_stats", True),),
            )
        return x

    def samples_needed(self, x: Value) -> int:
        """A single value for each channel has no variance."""
        return 2 if prod(x.spatial) == 1 else 1

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call(f"nn.{type(self).__name__}", x.channels, **settings)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Without running statistics every value takes part in the mean and variance."""
        return super().windows(x) if self.track_running_stats else None

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}

"""Group normalisation (Wu & He 2018), which does not depend on the batch."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Group normalisation", group="Normalisation")
class GroupNorm(Layer):
    """Centres and scales groups of channels of each sample, so that small batches do as well as large ones."""

    stem: ClassVar[str] = "gn"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector"}),)
    trains: ClassVar[bool] = True
    formula: ClassVar[str] = "y = (x − mean) / √(var + eps) · weight + bias, mean and var of each group of channels"

    num_groups: int = Field(
        8, ge=1, le=MOST_CHANNELS, description="How many groups the channels make, each normalised by itself"
    )
    eps: float = Field(1e-5, gt=0, le=1, description="Added to the variance so that nothing is divided by zero")
    affine: bool = Field(True, description="Learn a scale and an offset for each channel")

    def output(self, x: Value) -> Value:
        if x.channels % self.num_groups:
            raise ShapeError(
                f"cannot put {x.channels} channels into {self.num_groups} equal groups.",
                found=f"{x.channels} channels",
                needed=f"a multiple of {self.num_groups}",
                fixes=(SuggestParam("num_groups", divisor_below(self.num_groups, x.channels)),),
            )
        if x.elements == self.num_groups:
            fewer = divisor_below(self.num_groups - 1, x.channels) if self.num_groups > 1 else 0
            raise ShapeError(
                f"has a single value in each of the {self.num_groups} groups of {x}, which has no variance.",
                found=str(x),
                needed="several values in each group",
                fixes=(SuggestParam("num_groups", fewer),) if fewer else (),
            )
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {
            name: getattr(self, name) for name in ("eps", "affine") if getattr(self, name) != fields[name].default
        }
        return call("nn.GroupNorm", self.num_groups, x.channels, **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}

    def windows(self, *values: Value) -> None:
        """Every position takes part in mean and variance."""
        return

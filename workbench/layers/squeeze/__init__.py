"""Axes of a single value are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import WITH_AXES, axes_of, kind_with
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES, Dims
from workbench.layers.spec import In, Insert, Layer, Remedy, ShapeError, SuggestParam, layer


@layer(title="Squeeze", group="Shape")
class Squeeze(Layer):
    """Leaves out axes along which there is a single value."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y holds the values of x, without the axes dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"squeeze": ("dim",)}

    dim: Dims = Field(
        (-1,),
        min_length=1,
        max_length=MOST_AXES,
        description="Axes of one value, batch included: 1 = channels; negative ones count from the last",
    )

    def output(self, x: Value) -> Value:
        axes = axes_of(self.dim, x)
        wide = [axis for axis in axes if x.shape[axis - 1] > 1]
        if wide:
            single = [axis for axis, size in enumerate(x.shape, start=1) if size == 1]
            fix: Remedy = SuggestParam("dim", single) if single else Insert("Mean", {"dim": wide, "keepdim": True})
            raise ShapeError(
                f"leaves out axis {wide[0]} of {x}, along which there are {x.shape[wide[0] - 1]} values.",
                found=f"{x.shape[wide[0] - 1]} values",
                needed="a single value along that axis",
                fixes=(fix,),
            )
        shape = tuple(size for axis, size in enumerate(x.shape, start=1) if axis not in axes)
        return x.reshaped(*shape, kind=kind_with(x, shape, keeps_last=len(x.shape) not in axes))

    def module(self, x: Value) -> Call:
        return call("Squeeze", self.dim, home="workbench.layers.squeeze.module")

    def windows(self, *values: Value) -> None:
        """With an axis less, positions are no longer positions in the image."""
        return

"""What the layers share that make one number of all that lies along some axes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import WITH_AXES, axes_of, kind_with, windows_along
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES, Dims
from workbench.layers.spec import In, Layer
from workbench.layers.windows import Regions, Windows


class Reduction(Layer):
    """Makes one number of all that lies along some axes; the subclasses say which.

    Attributes:
        home: the Python module with the torch class, which is called as the layer.
    """

    home: ClassVar[str] = ""
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)

    dim: Dims = Field(
        (2, 3),
        min_length=1,
        max_length=MOST_AXES,
        description="Axes that are reduced, batch included: 2, 3 = height and width; negative ones count from the last",
    )
    keepdim: bool = Field(False, description="Keep these axes, with a single value each")

    def output(self, x: Value) -> Value:
        axes = axes_of(self.dim, x)
        if self.keepdim:
            return x.reshaped(*(1 if axis in axes else size for axis, size in enumerate(x.shape, start=1)))
        shape = tuple(size for axis, size in enumerate(x.shape, start=1) if axis not in axes)
        return x.reshaped(*shape, kind=kind_with(x, shape, keeps_last=len(x.shape) not in axes))

    def module(self, x: Value) -> Call:
        settings = {"keepdim": True} if self.keepdim else {}
        return call(type(self).__name__, self.dim, home=self.home, **settings)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Where the axes stay, all along the reduced ones is seen."""
        if not self.keepdim:
            return None
        return (windows_along(x, {axis: Regions(x.shape[axis - 1], 1) for axis in axes_of(self.dim, x)}),)

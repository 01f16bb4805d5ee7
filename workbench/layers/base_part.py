"""What the layers share that take a part of what comes in, along one axis."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import WITH_AXES, axis_of, windows_along
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam
from workbench.layers.windows import Picked, Windows

MOST_PARTS = 65536


class PartOfAxis(Layer):
    """Takes some positions along an axis; the subclasses say which.

    Attributes:
        home: the Python module with the torch class, which is called as the layer.
    """

    home: ClassVar[str] = ""
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)
    linear: ClassVar[bool] = True

    dim: int = Field(
        1,
        ge=-MOST_AXES,
        le=MOST_AXES,
        description="Axis, batch included: 1 = channels or features; negative ones count from the last",
    )

    def positions(self, x: Value, size: int) -> range:
        """Which positions of an axis of that size are taken, at least one.

        Args:
            x: what comes in.
            size: of the axis.

        Raises:
            ShapeError: there are none.
        """
        raise NotImplementedError

    def _taken(self, x: Value) -> tuple[int, range]:
        """The axis, batch included, and the positions along it."""
        axis = axis_of(self.dim, x)
        return axis, self.positions(x, x.shape[axis - 1])

    def output(self, x: Value) -> Value:
        axis, taken = self._taken(x)
        return x.reshaped(*x.shape[: axis - 1], len(taken), *x.shape[axis:])

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call(type(self).__name__, home=self.home, **settings)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        axis, taken = self._taken(x)
        return (windows_along(x, {axis: Picked(taken.start, taken.step)}),)


class NumberedPart(PartOfAxis):
    """Parts an axis and takes one of the parts, by its number."""

    index: int = Field(0, ge=0, lt=MOST_PARTS, description="Which of the parts is taken, counted from 0")

    def part(self, sizes: list[int]) -> range:
        """The positions of the part with this number.

        Args:
            sizes: of all parts.

        Raises:
            ShapeError: there are not so many parts.
        """
        if self.index >= len(sizes):
            raise ShapeError(
                f"takes part {self.index}, counted from 0, but there are {len(sizes)}.",
                found=f"index {self.index}",
                needed=f"0 to {len(sizes) - 1}",
                fixes=(SuggestParam("index", len(sizes) - 1),),
            )
        start = sum(sizes[: self.index])
        return range(start, start + sizes[self.index])


def equal_parts(size: int, each: int) -> list[int]:
    """Returns the sizes of parts of an axis that are of one size, but for a smaller last one."""
    return [min(each, size - start) for start in range(0, size, each)]

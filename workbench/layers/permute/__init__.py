"""Axes in another order: channels first and channels last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from workbench.core.values import Json, Shape, Value
from workbench.layers.axes import FEATURES_LAST, WITH_AXES
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES, Dims
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Window, Windows


@layer(title="Permute", group="Shape")
class Permute(Layer):
    """Puts the axes into another order, such as the channels last, for layers that look along the last axis."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "axis k of y is axis dims[k] of x; 0, 2, 3, 1: y[i, j, c] = x[c, i, j]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"permute": ("dims",), "transpose": ("dim0", "dim1")}

    dims: Dims = Field(
        (0, 2, 3, 1),
        min_length=1,
        max_length=MOST_AXES + 1,
        description="The axes in their new order behind the batch, 0: 0, 2, 3, 1 puts channels last, 0, 3, 1, 2 first",
    )

    @classmethod
    def conversion(cls, value: Value, kinds: Collection[str]) -> Mapping[str, Json] | None:
        last = len(value.shape)
        if value.kind in FEATURES_LAST and "map" in kinds:
            return {"dims": [0, last, *range(1, last)]}
        if value.kind == "map" and last > 1 and ("sequence" if last == 2 else "channels_last") in kinds:
            return {"dims": [0, *range(2, last + 1), 1]}
        return None

    def _order(self, x: Value) -> tuple[int, ...]:
        """The axes in their new order, all counted from the first.

        Raises:
            ShapeError: it is not each of them once, the batch first.
        """
        count = len(x.shape) + 1
        order = tuple(dim if dim >= 0 else dim + count for dim in self.dims)
        if order[0] != 0 or sorted(order) != list(range(count)):
            said = ", ".join(map(str, self.dims))
            usual = [0, count - 1, *range(1, count - 1)] if x.kind in FEATURES_LAST else [0, *range(2, count), 1]
            raise ShapeError(
                f"dims = {said} must name the batch, 0, first and then each axis of {x}, 1 to {count - 1}, once.",
                found=f"dims {said}",
                needed=f"0, then 1 to {count - 1} in any order",
                fixes=(SuggestParam("dims", usual),),
            )
        return order

    def output(self, x: Value) -> Value:
        order = self._order(x)
        return x.reshaped(*(x.shape[axis - 1] for axis in order[1:]), kind=self._kind(x, order))

    @staticmethod
    def _kind(x: Value, order: tuple[int, ...]) -> str:
        """What it is afterwards: by where the channels, or features, have come to stand."""
        last = len(order) - 1
        if last < 2:
            return x.kind
        if order[last] == (last if x.kind in FEATURES_LAST else 1):
            return "sequence" if last == 2 else "channels_last"
        return "map"

    def module(self, x: Value) -> Call:
        return call("Permute", self.dims, home="workbench.layers.permute.module")

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Rows that have become columns are no positions of the same picture."""
        order = self._order(x)
        return super().windows(x) if order == tuple(range(len(order))) else None

    def text_windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Features that come first leave the places of a text in their order."""
        return ((Window(),),) if x.kind == "sequence" and self._order(x) == (0, 2, 1) else None

    @classmethod
    def from_function(cls, name: str, settings: Mapping[str, Any], given: Sequence[Shape], made: Shape) -> Layer:
        """A transposition exchanges two axes."""
        if name == "permute":
            return cls.model_validate({"dims": settings["dims"]})
        order = list(range(len(given[0])))
        one, other = settings["dim0"], settings["dim1"]
        order[one], order[other] = order[other], order[one]
        return cls.model_validate({"dims": order})

"""Another shape for the same numbers in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from workbench.core.values import Shape, Value, shape_text
from workbench.layers.axes import FEATURES_LAST, WITH_AXES, kind_with
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES, Bounds, Listed
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


def _no_zero(value: tuple[int, ...]) -> tuple[int, ...]:
    if 0 in value:
        raise ValueError("must be 1 to 65536, or -1 for what is left")
    return value


@layer(title="Reshape", group="Shape")
class Reshape(Layer):
    """Lines up all values of a sample and folds them into another shape."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y holds the values of x, read row by row"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "view": ("shape",),
        "reshape": ("shape",),
        "unflatten": ("dim", "sizes"),
    }

    shape: Annotated[Listed, Bounds(-1, 65536), AfterValidator(_no_zero)] = Field(
        (-1,),
        min_length=1,
        max_length=MOST_AXES,
        description="Sizes without the batch, channels first; one of them may be -1, which takes what is left",
    )

    def output(self, x: Value) -> Value:
        if self.shape.count(-1) > 1:
            raise self._refusal(x, "has more than one -1, so that what is left could be shared in many ways.")
        known = prod(size for size in self.shape if size != -1)
        if x.elements % known or (-1 not in self.shape and x.elements != known):
            raise self._refusal(x, f"holds {known} values{' or some times as many' * (-1 in self.shape)}.")
        shape = tuple(x.elements // known if size == -1 else size for size in self.shape)
        keeps_last = x.kind in FEATURES_LAST and shape[-1] == x.shape[-1]
        return x.reshaped(*shape, kind=kind_with(x, shape, keeps_last=keeps_last))

    def _refusal(self, x: Value, reason: str) -> ShapeError:
        """The error for a shape that does not fit."""
        said = ", ".join(map(str, self.shape))
        return ShapeError(
            f"cannot bring {x}, {x.elements} values, into the shape {said}, which {reason}",
            found=f"{x.elements} values",
            needed=f"as many values as {shape_text(x.shape)} has, in the shape {said}",
            fixes=(SuggestParam("shape", list(self._fitting(x.elements))),),
        )

    def _fitting(self, elements: int) -> Shape:
        """The shape with one size freed for what is left, the first by which it fits; else one long axis."""
        for free in range(len(self.shape)):
            others = self.shape[:free] + self.shape[free + 1 :]
            if -1 not in others and elements % prod(others) == 0:
                return (*self.shape[:free], -1, *self.shape[free + 1 :])
        return (-1,)

    def module(self, x: Value) -> Call:
        return call("Reshape", self.shape, home="workbench.layers.reshape.module")

    def windows(self, *values: Value) -> None:
        """Positions are no longer positions in the image."""
        return

    @classmethod
    def from_function(cls, name: str, settings: Mapping[str, Any], given: Sequence[Shape], made: Shape) -> Layer:
        """The shape is that which comes out, whatever numbers it was given by."""
        return cls.model_validate({"shape": made[1:]})

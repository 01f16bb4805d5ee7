"""A vector as a map: the way back from Flatten."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import Shape1to4
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, SuggestParam, layer


@layer(title="Unflatten", group="Shape")
class Unflatten(Layer):
    """Folds one axis, such as a whole vector, into several: 400 into 16×5×5."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"vector", "map"}),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = x[(c·H + i)·W + j]"

    dim: int = Field(1, ge=1, le=4, description="Axis to fold, batch included: 1 = the vector, or the channels")
    unflattened_size: Shape1to4 = Field(
        (1, 1, 1), min_length=1, max_length=4, description="Sizes that the axis is folded into, channels first"
    )

    def output(self, x: Value) -> Value:
        needed = prod(self.unflattened_size)
        if self.dim > len(x.shape):
            raise ShapeError(
                f"dim = {self.dim} is not an axis of {x}.",
                found=f"dim {self.dim}",
                needed=f"1 to {len(x.shape)}",
                fixes=(SuggestParam("dim", 1),),
            )
        if x.shape[self.dim - 1] != needed:
            sizes = "×".join(map(str, self.unflattened_size))
            raise ShapeError(
                f"cannot fold {x.shape[self.dim - 1]} values into {sizes}, which has {needed}.",
                found=str(x.shape[self.dim - 1]),
                needed=str(needed),
                fixes=(SetWidth(needed),) if self.dim == 1 else (),
            )
        shape = (*x.shape[: self.dim - 1], *self.unflattened_size, *x.shape[self.dim :])
        return x.reshaped(*shape, kind="map" if len(shape) > 1 else x.kind)

    def module(self, x: Value) -> Call:
        return call("nn.Unflatten", self.dim, self.unflattened_size)

    def windows(self, *values: Value) -> None:
        """Positions in the vector are no positions in an image."""
        return

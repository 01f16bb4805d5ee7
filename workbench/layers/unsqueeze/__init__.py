"""One more axis, of a single value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.axes import FEATURES_LAST, WITH_AXES, kind_with
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Unsqueeze", group="Shape")
class Unsqueeze(Layer):
    """Puts in an axis along which there is a single value."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES | {"scalar"}),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y holds the values of x, with one more axis in the place dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"unsqueeze": ("dim",)}

    dim: int = Field(
        -1,
        ge=-MOST_AXES,
        le=MOST_AXES,
        description="Place of the new axis, batch included: 1 = before the channels; −1 = behind the last axis",
    )

    def output(self, x: Value) -> Value:
        most = len(x.shape) + 1
        place = self.dim if self.dim >= 0 else self.dim + most + 1
        if not 1 <= place <= most:
            raise ShapeError(
                f"dim = {self.dim} is no place for a new axis of {x}, which has {most - 1} and the batch.",
                found=f"dim {self.dim}",
                needed=f"1 to {most}, or −1",
                fixes=(SuggestParam("dim", most),),
            )
        shape = (*x.shape[: place - 1], 1, *x.shape[place - 1 :])
        keeps_last = x.kind in FEATURES_LAST and place < most
        return x.reshaped(*shape, kind=kind_with(x, shape, keeps_last=keeps_last))

    def module(self, x: Value) -> Call:
        return call("Unsqueeze", self.dim, home="workbench.layers.unsqueeze.module")

    def windows(self, *values: Value) -> None:
        """With an axis more, positions are no longer positions in the image."""
        return

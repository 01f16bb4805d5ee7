"""A map as one long vector."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Json, Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Flatten", group="Shape")
class Flatten(Layer):
    """Lines up all values of a map in one vector, channel by channel."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[(c·H + i)·W + j] = x[c, i, j]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"flatten": ("start_dim", "end_dim")}

    start_dim: int = Field(1, ge=1, le=4, description="First axis to join, batch included: 1 = channels")
    end_dim: int = Field(-1, ge=-4, le=4, description="Last axis to join; -1 is the last one")

    @classmethod
    def conversion(cls, value: Value, kinds: Collection[str]) -> Mapping[str, Json] | None:
        return {} if value.kind == "map" and "vector" in kinds else None

    def _last(self, x: Value) -> int:
        return self.end_dim if self.end_dim > 0 else self.end_dim + len(x.shape) + 1

    def output(self, x: Value) -> Value:
        last = self._last(x)
        if not self.start_dim <= last <= len(x.shape) or self.end_dim == 0:
            fixes = (SuggestParam("start_dim", 1), SuggestParam("end_dim", -1))
            raise ShapeError(
                f"cannot join the axes {self.start_dim} to {self.end_dim} of {x}, which has {len(x.shape)} "
                "and the batch.",
                found=f"axes {self.start_dim} to {self.end_dim}",
                needed=f"axes within 1 to {len(x.shape)}",
                fixes=tuple(fix for fix in fixes if getattr(self, fix.param) != fix.value),
            )
        joined = prod(x.shape[self.start_dim - 1 : last])
        shape = (*x.shape[: self.start_dim - 1], joined, *x.shape[last:])
        return x.reshaped(*shape, kind="vector" if len(shape) == 1 else x.kind)

    def module(self, x: Value) -> Call:
        return call("nn.Flatten", self.start_dim, self.end_dim) if self != Flatten() else call("nn.Flatten")

    def windows(self, *values: Value) -> None:
        """Positions are no longer positions in the image."""
        return

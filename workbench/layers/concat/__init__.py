"""Several branches side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Part, Window, Windows


@layer(title="Concatenate", group="Merge")
class Concat(Layer):
    """Puts its inputs one behind the other along an axis, mostly the channels."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", variadic=True, fewest=2),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = [x.0, x.1, …] along axis dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"cat": ("dim",), "concat": ("dim",), "concatenate": ("dim",)}

    dim: int = Field(1, ge=1, le=4, description="Axis to join along, batch included: 1 = channels or features")

    def output(self, *xs: Value) -> Value:
        first = xs[0]
        if self.dim > len(first.shape):
            raise ShapeError(
                f"dim = {self.dim} is not an axis of {first}.",
                port="x.0",
                found=f"dim {self.dim}",
                needed=f"1 to {len(first.shape)}",
                fixes=(SuggestParam("dim", 1),) if first.shape else (),
            )
        axis = self.dim - 1
        for number, x in enumerate(xs[1:], start=1):
            fits = x.kind == first.kind and len(x.shape) == len(first.shape)
            if not fits or x.shape[:axis] + x.shape[axis + 1 :] != first.shape[:axis] + first.shape[axis + 1 :]:
                fitting = first.reshaped(*first.shape[:axis], x.shape[axis] if fits else 1, *first.shape[self.dim :])
                raise ShapeError(
                    f"joins along axis {self.dim}, so all other sizes must agree, but it gets {first} and {x}.",
                    port=f"x.{number}",
                    found=str(x),
                    needed=str(fitting),
                    fits=fitting if fits else None,
                )
        joined = sum(x.shape[axis] for x in xs)
        return first.reshaped(*first.shape[:axis], joined, *first.shape[self.dim :])

    def windows(self, *xs: Value) -> tuple[Windows, ...]:
        """Joined along the height, a row is one of a single input."""
        found, start = [], 0
        for x in xs:
            own: list[Window] = [Window()] * len(x.spatial)
            if self.dim > 1:
                own[self.dim - 2] = Part(start, x.shape[self.dim - 1])
                start += x.shape[self.dim - 1]
            found.append(tuple(own))
        return tuple(found)

    def module(self, *xs: Value) -> Call:
        return call("Concat", self.dim, home="workbench.layers.concat.module")

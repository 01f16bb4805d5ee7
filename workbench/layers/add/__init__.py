"""The sum of several branches: the joint of residual networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Value, shape_text
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Insert, Layer, ShapeError, layer


@layer(title="Add", group="Merge")
class Add(Layer):
    """Adds its inputs, value by value."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", variadic=True, fewest=2),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = x.0 + x.1 + …"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"add": (), "iadd": ()}

    def output(self, *xs: Value) -> Value:
        first = xs[0]
        for number, x in enumerate(xs[1:], start=1):
            if x.shape != first.shape or x.kind != first.kind:
                raise ShapeError(
                    f"needs inputs of one shape but gets {first} and {x}.",
                    port=f"x.{number}",
                    found=shape_text(x.shape),
                    needed=shape_text(first.shape),
                    fixes=projection(x, first),
                    fits=first,
                )
        return first

    def module(self, *xs: Value) -> Call:
        return call("Add", home="workbench.layers.add.module")


def projection(x: Value, like: Value) -> tuple[Insert, ...]:
    """The 1×1 convolution that brings an image to the channels and size of another one, if a stride can."""
    if x.kind != "map" or like.kind != "map" or len(x.shape) != 3 or len(like.shape) != 3:
        return ()
    strides = tuple(-(-a // b) for a, b in zip(x.spatial, like.spatial, strict=True))
    if tuple((a - 1) // s + 1 for a, s in zip(x.spatial, strides, strict=True)) != like.spatial:
        return ()
    params = {"out_channels": like.channels, "kernel_size": 1, "stride": list(strides), "padding": 0, "bias": False}
    return (Insert("Conv2d", params),)

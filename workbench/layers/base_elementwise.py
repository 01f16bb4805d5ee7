"""What the layers share that join branches value by value, also where one of them is a gate that is stretched."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Shape, Value, shape_text
from workbench.layers.add import projection
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, ShapeError
from workbench.layers.windows import Windows


class Elementwise(Layer):
    """Joins inputs of one shape value by value; the subclasses say how.

    Attributes:
        home: the Python module with the torch class, which is called as the layer.
        stretches: whether an axis of one value is stretched to the others' size, as torch broadcasts it: (C, 1, 1)
            beside (C, H, W) weighs every channel.
    """

    home: ClassVar[str] = ""
    stretches: ClassVar[bool] = True

    def output(self, *xs: Value) -> Value:
        shape = xs[0].shape
        for number, x in enumerate(xs[1:], start=1):
            together = stretched(shape, x.shape) if self.stretches else shape
            if together is None or x.kind != xs[0].kind or (not self.stretches and x.shape != shape):
                raise ShapeError(
                    f"needs inputs of one shape{', or of one value along an axis,' if self.stretches else ''} but gets "
                    f"{shape_text(shape)} and {x}.",
                    port=self._wire(number),
                    found=shape_text(x.shape),
                    needed=shape_text(shape),
                    fixes=projection(x, xs[0]),
                    fits=xs[0],
                )
            shape = together
        return xs[0].reshaped(*shape)

    def _wire(self, number: int) -> str:
        """The wire that brings an input in."""
        return f"x.{number}" if self.inputs[0].variadic else self.inputs[number].name

    def module(self, *xs: Value) -> Call:
        return call(type(self).__name__, home=self.home)

    def windows(self, *xs: Value) -> tuple[Windows, ...] | None:
        """Where an input is stretched, its one value is seen everywhere; such a gate mostly sees the whole picture."""
        return super().windows(*xs) if len({x.shape for x in xs}) == 1 else None


def stretched(one: Shape, other: Shape) -> Shape | None:
    """Returns the shape of both together where axes of one value are stretched; None where they do not go together."""
    if len(one) != len(other) or any(a != b and 1 not in (a, b) for a, b in zip(one, other, strict=True)):
        return None
    return tuple(max(a, b) for a, b in zip(one, other, strict=True))

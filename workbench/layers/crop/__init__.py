"""The middle of a map, as large as another one: the shortcuts of the first U-Net (Ronneberger et al. 2015)."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value, shape_text
from workbench.layers.axes import windows_along
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, layer
from workbench.layers.windows import Part, Picked, Windows


@layer(title="Crop to the size of another", group="Shape")
class Crop(Layer):
    """Cuts the middle out of a map, as large as the second input is, so that both can be joined."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}), In("like", kinds={"map"}))
    formula: ClassVar[str] = "y[c, i, j] = x[c, i + ⌊(H − h)/2⌋, j + ⌊(W − w)/2⌋], h and w: size of like"

    def output(self, x: Value, like: Value) -> Value:
        if len(x.shape) != len(like.shape) or any(a < b for a, b in zip(x.spatial, like.spatial, strict=True)):
            fitting = x.reshaped(like.channels, *x.spatial)
            raise ShapeError(
                f"cuts {shape_text(like.spatial)} out of {shape_text(x.spatial)}, which is not as large.",
                port="like",
                found=str(like),
                needed=f"at most {shape_text(x.spatial)} behind the channels",
                fits=fitting if len(x.shape) == len(like.shape) else None,
            )
        return x.reshaped(x.channels, *like.spatial)

    def module(self, x: Value, like: Value) -> Call:
        return call("Crop", home="workbench.layers.crop.module")

    def windows(self, x: Value, like: Value) -> tuple[Windows, ...]:
        """Of the second input only the size counts."""
        starts = [(a - b) // 2 for a, b in zip(x.spatial, like.spatial, strict=True)]
        nothing = (Part(length=0),) * len(starts)
        return windows_along(x, {axis: Picked(start) for axis, start in enumerate(starts, start=2)}), nothing

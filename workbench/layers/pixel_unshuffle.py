"""Pixels as channels: the way back from a pixel shuffle, which makes maps smaller and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Windows, sliding


@layer(title="Pixel unshuffle", group="Shape")
class PixelUnshuffle(Layer):
    """Stacks the pixels of each square as channels, so that more maps get smaller and nothing is lost."""

    stem: ClassVar[str] = "unshuffle"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c·r² + a·r + b, i, j] = x[c, i·r + a, j·r + b]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"pixel_unshuffle": ("downscale_factor",)}

    downscale_factor: int = Field(2, ge=1, le=64, description="Height and width of a square, in pixels (r)")

    def output(self, x: Value) -> Value:
        r = self.downscale_factor
        if any(size % r for size in x.spatial):
            raise ShapeError(
                f"cannot part {x} into squares of {r}×{r} pixels.",
                found=str(x),
                needed=f"height and width that are multiples of {r}",
                fixes=(SuggestParam("downscale_factor", divisor_below(r, *x.spatial)),),
            )
        return x.reshaped(x.channels * r * r, *(size // r for size in x.spatial))

    def module(self, x: Value) -> Call:
        return call("nn.PixelUnshuffle", self.downscale_factor)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        square = (self.downscale_factor,) * 2
        return (sliding(square, square, (0, 0), (1, 1)),)

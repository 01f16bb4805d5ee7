"""Channels as pixels: the sub-pixel convolution of Shi et al. 2016, behind a convolution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, SuggestParam, layer
from workbench.layers.windows import Windows, enlarged


@layer(title="Pixel shuffle", group="Shape")
class PixelShuffle(Layer):
    """Lays the channels of each pixel out as a square of pixels, so that fewer maps get larger."""

    stem: ClassVar[str] = "shuffle"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = x[c·r² + (i mod r)·r + j mod r, ⌊i/r⌋, ⌊j/r⌋]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"pixel_shuffle": ("upscale_factor",)}

    upscale_factor: int = Field(2, ge=1, le=64, description="How many times higher and wider (r)")

    def output(self, x: Value) -> Value:
        r, squares = self.upscale_factor, self.upscale_factor**2
        if x.channels % squares:
            fitting = next(each for each in range(r, 0, -1) if x.channels % each**2 == 0)
            raise ShapeError(
                f"makes {r}×{r} pixels of {squares} channels each, but gets {x.channels} channels.",
                found=f"{x.channels} channels",
                needed=f"a multiple of {squares}",
                fixes=(SetWidth(-(-x.channels // squares) * squares), SuggestParam("upscale_factor", fitting)),
            )
        return x.reshaped(x.channels // squares, *(size * r for size in x.spatial))

    def module(self, x: Value) -> Call:
        return call("nn.PixelShuffle", self.upscale_factor)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return ((enlarged(self.upscale_factor),) * 2,)

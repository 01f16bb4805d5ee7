"""Local contrast normalisation, which prepares pictures for deconvolutional networks."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Local contrast normalisation", group="Normalisation")
class LocalContrastNorm(Layer):
    """Takes the local mean from every pixel and divides by the local contrast, channel by channel."""

    stem: ClassVar[str] = "contrast"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y = (x − m) / max(s, median of s), m and s: mean and deviation under a Gaussian"

    kernel_size: int = Field(13, ge=1, le=255, description="Height and width of the Gaussian, in pixels; odd")
    sigma: float = Field(4.773, gt=0, le=1000, description="Standard deviation of the Gaussian, in pixels")

    def output(self, x: Value) -> Value:
        largest = min(255, 2 * min(x.spatial) - 1)  # the mirrored border is one pixel smaller than the picture
        if self.kernel_size > largest:
            raise ShapeError(
                f"its window of {self.kernel_size}×{self.kernel_size} is too large for {x}; {largest}×{largest} fits.",
                found=str(x),
                needed=f"at least {self.kernel_size // 2 + 1} pixels in height and width",
                fixes=(SuggestParam("kernel_size", largest),),
            )
        if self.kernel_size % 2 == 0:
            raise ShapeError(
                f"kernel_size = {self.kernel_size} must be odd, so that a pixel is in the middle.",
                port="",
                found=str(self.kernel_size),
                needed="an odd number",
                fixes=(SuggestParam("kernel_size", self.kernel_size - 1),),
            )
        return x

    def module(self, x: Value) -> Call:
        home = "workbench.layers.local_contrast_norm.module"
        return call("LocalContrastNorm", self.kernel_size, sigma=self.sigma, home=home)

    def macs(self, x: Value) -> int:
        height, width = x.spatial
        return 2 * x.channels * self.kernel_size * height * (width + self.kernel_size - 1 + width)

    def windows(self, *values: Value) -> None:
        """Through the median every pixel matters to every other."""
        return

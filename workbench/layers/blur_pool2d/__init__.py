"""Blurring before maps are made smaller, so that they no longer flicker as the picture moves (Zhang 2019)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer
from workbench.layers.windows import Sliding, Windows, window_size, window_text


@layer(title="Blur pooling 2D", group="Pooling")
class BlurPool2d(Layer):
    """Blurs each map and keeps every second pixel, so that small shifts change little (Zhang 2019)."""

    stem: ClassVar[str] = "blur"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = (binomial ∗ x[c]) at (i·stride, j·stride)"

    kernel_size: int = Field(3, ge=1, le=31, description="Height and width of the blur, in pixels: 3 weighs 1, 2, 1")
    stride: int = Field(2, ge=1, le=1024, description="Keep every so many pixels")

    def _size(self, size: int) -> int:
        """How many pixels are left of so many; the margin, mirrored, makes up for the blur."""
        return window_size(size, 1, self.stride, 0)

    def output(self, x: Value) -> Value:
        return x.reshaped(x.channels, *map(self._size, x.spatial))

    def module(self, x: Value) -> Call:
        return call("BlurPool2d", self.kernel_size, stride=self.stride, home="workbench.layers.blur_pool2d.module")

    def macs(self, x: Value) -> int:
        height, width = x.spatial
        return self.kernel_size * x.channels * self._size(height) * (width + self._size(width))

    def windows(self, x: Value) -> tuple[Windows, ...]:
        before = (self.kernel_size - 1) // 2
        return ((Sliding(self.kernel_size, self.stride, before, margin="reflect"),) * 2,)

    def explain(self, x: Value) -> str:
        return "; ".join(dict.fromkeys(window_text(size, 1, self.stride, 0) for size in x.spatial))

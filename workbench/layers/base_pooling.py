"""What the pooling layers share: windows over height and width."""

from __future__ import annotations

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_convolution import too_small
from workbench.layers.settings import Margin2, Size2, per_axis
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.windows import Windows, sliding, window_size, window_text


def misses(size: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether a window that begins in the margin steps over the whole image; torch gives −∞ and a false switch then."""
    return any(start % dilation >= size for start in range(-padding, 0, stride))


class Pooling(Layer):
    """Slides a window over each map; the subclasses say what is taken from it."""

    kernel_size: Size2 = Field(2, description="Height and width of the window, in pixels")
    stride: Size2 | None = Field(None, description="Step between windows; as large as the window if not given")
    padding: Margin2 = Field(0, description="Margin around the image, in pixels: at most half a window")
    ceil_mode: bool = Field(False, description="Keep the last window even if it hangs over the border")

    def step(self) -> int | tuple[int, ...]:
        """The stride as torch keeps it, which is never None."""
        return self.kernel_size if self.stride is None else self.stride

    def _stride(self) -> tuple[int, ...]:
        return per_axis(self.step(), 2)

    def _dilation(self) -> tuple[int, ...]:
        return (1, 1)

    def pooled(self, x: Value) -> Value:
        """The shape rule.

        Raises:
            ShapeError: the window does not fit, or the margin is more than half of it.
        """
        kernel, padding = per_axis(self.kernel_size, 2), per_axis(self.padding, 2)
        if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
            raise ShapeError(
                f"padding = {self.padding} must be at most half of kernel_size = {self.kernel_size}.",
                found=f"padding {self.padding}",
                needed=f"at most {min(kernel) // 2}",
                fixes=(SuggestParam("padding", min(kernel) // 2),),
            )
        numbers = zip(x.spatial, kernel, self._stride(), padding, self._dilation(), strict=True)
        sizes = tuple(window_size(*each, ceil=self.ceil_mode) for each in numbers)
        if min(sizes) < 1:
            error = too_small(x, kernel, tuple(2 * p for p in padding), self._dilation())
            dilated = error.fixes == (SuggestParam("dilation", 1),)  # a margin is no way out: at most half a window
            fixes = error.fixes if dilated else (SuggestParam("kernel_size", min(x.spatial)),)
            raise ShapeError(str(error), found=error.found, needed=error.needed, fixes=fixes)
        if any(map(misses, x.spatial, self._stride(), padding, self._dilation())):
            raise ShapeError(
                f"has a window whose taps, {self._dilation()} apart, all miss {x}.",
                found=str(x),
                needed="a tap of every window inside the image",
                fixes=(SuggestParam("dilation", 1),),
            )
        return x.reshaped(x.channels, *sizes)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (sliding(*self._settings()),)

    def _settings(self) -> tuple[tuple[int, ...], ...]:
        """Kernel, stride, padding and dilation, each for both axes."""
        return per_axis(self.kernel_size, 2), self._stride(), per_axis(self.padding, 2), self._dilation()

    def explain(self, x: Value) -> str:
        rows = zip(x.spatial, *self._settings(), strict=True)
        return "; ".join(dict.fromkeys(window_text(*numbers, ceil=self.ceil_mode) for numbers in rows))

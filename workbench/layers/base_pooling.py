"""What the pooling layers of one, two and three axes share: the windows that slide over each map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_convolution import too_small
from workbench.layers.settings import per_axis
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.windows import Axes, Windows, sliding, window_size, window_text


def misses(size: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether a window that begins in the margin steps over the whole image; torch gives −∞ and a false switch then."""
    return any(start % dilation >= size for start in range(-padding, 0, stride))


@dataclass(frozen=True)
class PoolingWindows:
    """The windows of a pooling, with a number for every axis.

    Attributes:
        kernel: their sizes.
        stride: the steps between them.
        padding: the margins on either side.
        dilation: the distances of their taps.
        ceil: whether the last one is kept that hangs over the border.
    """

    kernel: Axes
    stride: Axes
    padding: Axes
    dilation: Axes
    ceil: bool

    @property
    def numbers(self) -> tuple[Axes, Axes, Axes, Axes]:
        """Kernel, stride, padding and dilation."""
        return self.kernel, self.stride, self.padding, self.dilation

    def pooled(self, x: Value) -> Value:
        """Returns the shape rule's answer.

        Raises:
            ShapeError: the window does not fit, or the margin is more than half of it.
        """
        if any(2 * p > k for p, k in zip(self.padding, self.kernel, strict=True)):
            found = self.padding[0] if len(set(self.padding)) == 1 else self.padding
            kernel = self.kernel[0] if len(set(self.kernel)) == 1 else self.kernel
            raise ShapeError(
                f"padding = {found} must be at most half of kernel_size = {kernel}.",
                found=f"padding {found}",
                needed=f"at most {min(self.kernel) // 2}",
                fixes=(SuggestParam("padding", min(self.kernel) // 2),),
            )
        numbers = zip(x.spatial, *self.numbers, strict=True)
        sizes = tuple(window_size(*each, ceil=self.ceil) for each in numbers)
        if min(sizes) < 1:
            error = too_small(x, self.kernel, tuple(2 * p for p in self.padding), self.dilation)
            dilated = error.fixes == (SuggestParam("dilation", 1),)  # a margin is no way out: at most half a window
            fixes = error.fixes if dilated else (SuggestParam("kernel_size", min(x.spatial)),)
            raise ShapeError(str(error), found=error.found, needed=error.needed, fixes=fixes)
        if any(map(misses, x.spatial, self.stride, self.padding, self.dilation)):
            raise ShapeError(
                f"has a window whose taps, {self.dilation} apart, all miss {x}.",
                found=str(x),
                needed="a tap of every window inside the image",
                fixes=(SuggestParam("dilation", 1),),
            )
        return x.reshaped(x.channels, *sizes)

    def text(self, x: Value) -> str:
        """Returns the arithmetic of the output sizes, for people."""
        rows = zip(x.spatial, *self.numbers, strict=True)
        return "; ".join(dict.fromkeys(window_text(*numbers, ceil=self.ceil) for numbers in rows))


class WindowPooling(Layer):
    """Takes something from each window that slides over a map; the subclasses say what, and by which settings."""

    stem: ClassVar[str] = "pool"

    def pooling_windows(self) -> PoolingWindows:
        """Returns the windows that the settings ask for."""
        raise NotImplementedError

    def output(self, x: Value) -> Value:
        return self.pooling_windows().pooled(x)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (sliding(*self.pooling_windows().numbers),)

    def explain(self, x: Value) -> str:
        return self.pooling_windows().text(x)


class Pooling(WindowPooling):
    """Slides a window along `axes` axes of each map; the subclasses fix their number and types."""

    axes: ClassVar[int] = 0

    kernel_size: Any = None
    stride: Any = None
    padding: Any = None
    ceil_mode: bool = Field(False, description="Keep the last window even if it hangs over the border")

    def step(self) -> int | tuple[int, ...]:
        """Returns the stride as torch keeps it, which is never None."""
        step: int | tuple[int, ...] = self.kernel_size if self.stride is None else self.stride
        return step

    def spacing(self) -> int | tuple[int, ...]:
        """Returns the distance of a window's taps; overridden where it is a setting."""
        return 1

    def pooling_windows(self) -> PoolingWindows:
        settings = (self.kernel_size, self.step(), self.padding, self.spacing())
        kernel, stride, padding, dilation = (per_axis(each, self.axes) for each in settings)
        return PoolingWindows(kernel, stride, padding, dilation, self.ceil_mode)

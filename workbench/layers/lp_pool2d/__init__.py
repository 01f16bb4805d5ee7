"""Pooling by a power mean, which lies between average and max pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_pooling import PoolingWindows, WindowPooling
from workbench.layers.call import Call, call
from workbench.layers.settings import Size2, per_axis
from workbench.layers.spec import In, Layer, layer

if TYPE_CHECKING:
    from torch import nn


@layer(title="Power-average pooling 2D", group="Pooling")
class LPPool2d(WindowPooling):
    """Replaces each window by the root of its sum of powers, which comes near the maximum as the power grows."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "y[c, i, j] = (Σ over the window at (i·stride, j·stride): |x[c]|^p)^(1/p)"

    norm_type: float = Field(2.0, ge=1, le=16, description="The power (p): 1 gives the sum of sizes, 2 the length")
    kernel_size: Size2 = Field(2, description="Height and width of the window, in pixels")
    stride: Size2 | None = Field(None, description="Step between windows; as large as the window if not given")
    ceil_mode: bool = Field(
        False, description="Keep the last window even if it hangs over the border, as if it were full of its mean"
    )

    def pooling_windows(self) -> PoolingWindows:
        kernel = per_axis(self.kernel_size, 2)
        stride = kernel if self.stride is None else per_axis(self.stride, 2)
        return PoolingWindows(kernel, stride, (0, 0), (1, 1), self.ceil_mode)

    def module(self, x: Value) -> Call:
        return call(
            "LPPool2d",
            self.norm_type,
            self.kernel_size,
            stride=self.stride,
            ceil_mode=self.ceil_mode,
            home="workbench.layers.lp_pool2d.module",
        )

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """The layer of a module that takes the power of sizes, as torch's does where the power is even.

        Raises:
            ValueError: it is torch's with another power, where signs of negative numbers count.
        """
        found = super().from_module(module)
        if type(module).__module__.startswith("torch.") and getattr(module, "norm_type", 2) % 2:
            raise ValueError("an LPPool2d of torch whose norm_type is not even cannot be drawn: signs count in it")
        return found

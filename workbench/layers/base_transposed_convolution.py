"""What transposed convolutions of one, two and three axes share: the shape rule, weights and cost."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from pydantic import Field

from workbench.core.setting_words import also_called
from workbench.core.values import Shape, Value
from workbench.layers.base_convolution import check_groups
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS, per_axis
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.windows import Axes, Windows, spread, transposed_size


class TransposedConvolution(Layer):
    """Spreads every position over a learnt patch of `axes` axes; the subclasses fix their number and types."""

    axes: ClassVar[int] = 0
    stem: ClassVar[str] = "deconv"
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "out_channels"
    linear: ClassVar[bool] = True

    out_channels: int = Field(
        16, json_schema_extra=also_called("filters"), ge=1, le=MOST_CHANNELS, description="How many maps to give"
    )
    kernel_size: Any = None
    stride: Any = None
    padding: Any = None
    output_padding: Any = None
    groups: int = Field(1, ge=1, le=MOST_CHANNELS, description="Parts of the channels that do not see each other")
    bias: bool = Field(True, description="Learn one offset for each map")
    dilation: Any = None

    def _per_axis(self, *names: str) -> tuple[Axes, ...]:
        """These settings, each with one number for every axis."""
        return tuple(per_axis(getattr(self, name), self.axes) for name in names)

    def output(self, x: Value) -> Value:
        check_groups(x, self.groups, self.out_channels)
        stride, dilation, extra = self._per_axis("stride", "dilation", "output_padding")
        if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
            raise ShapeError(
                f"output_padding = {self.output_padding} must be smaller than stride or dilation.",
                found=f"output_padding {self.output_padding}",
                needed=f"less than {max(*stride, *dilation)}",
                fixes=(SuggestParam("output_padding", 0),),
            )
        settings = self._per_axis("kernel_size", "stride", "padding", "output_padding", "dilation")
        sizes = tuple(transposed_size(*numbers) for numbers in zip(x.spatial, *settings, strict=True))
        if min(sizes) < 1:
            raise ShapeError(
                f"padding = {self.padding} cuts everything off: the output would be {'×'.join(map(str, sizes))}.",
                found=str(x),
                needed="at least one position left",
                fixes=(SuggestParam("padding", 0),),
            )
        return x.reshaped(self.out_channels, *sizes)

    def module(self, x: Value) -> Call:
        names = ("stride", "padding", "output_padding", "groups", "bias", "dilation")
        settings = {name: getattr(self, name) for name in names}
        name = f"nn.{type(self).__name__}"
        return call(name, x.channels, self.out_channels, kernel_size=self.kernel_size, **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        weight = (x.channels, self.out_channels // self.groups, *per_axis(self.kernel_size, self.axes))
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def macs(self, x: Value) -> int:
        return x.elements * self.out_channels // self.groups * prod(per_axis(self.kernel_size, self.axes))

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (spread(*self._per_axis("kernel_size", "stride", "padding", "dilation")),)

    def explain(self, x: Value) -> str:
        settings = self._per_axis("stride", "padding", "dilation", "kernel_size", "output_padding")
        texts = [
            f"({size} − 1)·{s} − 2·{p} + {d}·({k} − 1) + {e} + 1 = {transposed_size(size, k, s, p, e, d)}"
            for size, s, p, d, k, e in zip(x.spatial, *settings, strict=True)
        ]
        return "; ".join(dict.fromkeys(texts))

"""Transposed convolution over height and width: the way up in decoders."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS, Margin2, Size2, per_axis
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Windows, spread, transposed_size


@layer(title="Transposed convolution 2D", group="Convolution")
class ConvTranspose2d(Layer):
    """Spreads every pixel over a learnt patch: the adjoint of a convolution, mostly used to enlarge."""

    stem: ClassVar[str] = "deconv"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "out_channels"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[o] = bias[o] + Σ over inputs i: x[i] spread by weight[i, o] every stride pixels"

    out_channels: int = Field(16, ge=1, le=MOST_CHANNELS, description="How many maps to give")
    kernel_size: Size2 = Field(2, description="Height and width of a patch, in pixels")
    stride: Size2 = Field(2, description="How many times larger the output is, about")
    padding: Margin2 = Field(0, description="How many pixels are cut off at each border")
    output_padding: Margin2 = Field(0, description="Extra pixels at the right and lower border")
    groups: int = Field(1, ge=1, le=MOST_CHANNELS, description="Parts of the channels that do not see each other")
    bias: bool = Field(True, description="Learn one offset for each map")
    dilation: Size2 = Field(1, description="Distance of a patch's taps, in pixels")

    def output(self, x: Value) -> Value:
        if x.channels % self.groups or self.out_channels % self.groups:
            raise ShapeError(
                f"groups = {self.groups} must divide the {x.channels} channels that come in and the "
                f"{self.out_channels} that go out.",
                found=f"{x.channels} channels",
                needed=f"a multiple of {self.groups}",
                fixes=(SuggestParam("groups", divisor_below(self.groups, x.channels, self.out_channels)),),
            )
        stride, dilation, extra = (per_axis(each, 2) for each in (self.stride, self.dilation, self.output_padding))
        if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
            raise ShapeError(
                f"output_padding = {self.output_padding} must be smaller than stride or dilation.",
                found=f"output_padding {self.output_padding}",
                needed=f"less than {max(*stride, *dilation)}",
                fixes=(SuggestParam("output_padding", 0),),
            )
        settings = (per_axis(self.kernel_size, 2), stride, per_axis(self.padding, 2), extra, dilation)
        sizes = tuple(transposed_size(*numbers) for numbers in zip(x.spatial, *settings, strict=True))
        if min(sizes) < 1:
            raise ShapeError(
                f"padding = {self.padding} cuts everything off: the output would be {sizes[0]}×{sizes[1]}.",
                found=str(x),
                needed="at least one pixel left",
                fixes=(SuggestParam("padding", 0),),
            )
        return x.reshaped(self.out_channels, *sizes)

    def module(self, x: Value) -> Call:
        names = ("stride", "padding", "output_padding", "groups", "bias", "dilation")
        settings = {name: getattr(self, name) for name in names}
        return call("nn.ConvTranspose2d", x.channels, self.out_channels, kernel_size=self.kernel_size, **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        weight = (x.channels, self.out_channels // self.groups, *per_axis(self.kernel_size, 2))
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def macs(self, x: Value) -> int:
        return x.elements * self.out_channels // self.groups * prod(per_axis(self.kernel_size, 2))

    def windows(self, x: Value) -> tuple[Windows, ...]:
        settings = (per_axis(each, 2) for each in (self.kernel_size, self.stride, self.padding, self.dilation))
        return (spread(*settings),)

    def explain(self, x: Value) -> str:
        settings = (self.stride, self.padding, self.dilation, self.kernel_size, self.output_padding)
        rows = zip(x.spatial, *(per_axis(each, 2) for each in settings), strict=True)
        texts = [
            f"({size} − 1)·{s} − 2·{p} + {d}·({k} − 1) + {e} + 1 = {transposed_size(size, k, s, p, e, d)}"
            for size, s, p, d, k, e in rows
        ]
        return "; ".join(dict.fromkeys(texts))

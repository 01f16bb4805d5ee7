"""Depthwise-separable convolution."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_imagenet import conv_bn
from workbench.project.templates.spec import GraphBuilder


@block(name="separable", title="Depthwise-separable convolution")
class DepthwiseSeparable(Block):
    """A filter for each channel, then a mixture of channels at each place, as in MobileNet (Howard et al. 2017)."""

    out_channels: int = Field(128, title="Channels", ge=1, le=65_536, description="How many channels it gives")
    kernel_size: int = Field(3, title="Kernel size", ge=1, le=31, description="Height and width of the filters")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        x = conv_bn(
            builder, f"{name}.depthwise", f"{name}.bn1", x, channels, self.kernel_size, self.stride, groups=channels
        )
        x = builder.add("ReLU", f"{name}.relu1", x)
        x = conv_bn(builder, f"{name}.pointwise", f"{name}.bn2", x, self.out_channels, 1)
        return builder.add("ReLU", f"{name}.relu2", x)

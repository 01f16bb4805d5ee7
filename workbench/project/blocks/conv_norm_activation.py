"""Convolution, normalisation and activation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_imagenet import conv_bn
from workbench.project.templates.spec import GraphBuilder


@block(name="conv", title="Conv-norm-activation")
class ConvNormActivation(Block):
    """A convolution that keeps the size but for its stride, batch normalisation, and an activation."""

    out_channels: int = Field(64, title="Channels", ge=1, le=65_536, description="How many channels it gives")
    kernel_size: int = Field(3, title="Kernel size", ge=1, le=31, description="Height and width of the filters")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")
    activation: Literal["ReLU", "SiLU", "Hardswish", "LeakyReLU", "GELU"] = Field(
        "ReLU", title="Activation", description="What follows the normalisation"
    )

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        x = conv_bn(builder, f"{name}.conv", f"{name}.bn", x, self.out_channels, self.kernel_size, self.stride)
        return builder.add(self.activation, f"{name}.{self.activation.lower()}", x)

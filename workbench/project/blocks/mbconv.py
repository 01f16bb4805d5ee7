"""MBConv, the block of EfficientNet."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_inverted import InvertedBlock, inverted_residual
from workbench.project.templates.spec import GraphBuilder


@block(name="mbconv", title="MBConv with squeeze-excitation")
class MBConv(Block):
    """An inverted residual block whose channels are weighed by what they are on average (Tan & Le 2019)."""

    out_channels: int | None = Field(None, title="Channels", ge=1, le=65_536, description="None: as many as come in")
    expansion: int = Field(6, title="Expansion", ge=1, le=64, description="How many times as wide it is inside")
    kernel_size: int = Field(3, title="Kernel size", ge=1, le=31, description="Height and width of the filters")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")
    squeeze: int = Field(4, title="Squeeze", ge=1, le=256, description="Channels that come in for each squeezed one")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        kind = InvertedBlock(
            channels,
            channels * self.expansion,
            self.out_channels or channels,
            self.kernel_size,
            self.stride,
            max(1, channels // self.squeeze),
            "SiLU",
        )
        return inverted_residual(builder, name, x, kind)

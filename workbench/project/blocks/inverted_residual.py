"""Inverted residual block."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_inverted import InvertedBlock, inverted_residual
from workbench.project.templates.spec import GraphBuilder


@block(name="inverted", title="Inverted residual")
class InvertedResidual(Block):
    """Wide inside, narrow between, each channel filtered by itself, as in MobileNetV2 (Sandler et al. 2018)."""

    out_channels: int | None = Field(None, title="Channels", ge=1, le=65_536, description="None: as many as come in")
    expansion: int = Field(6, title="Expansion", ge=1, le=64, description="How many times as wide it is inside")
    kernel_size: int = Field(3, title="Kernel size", ge=1, le=31, description="Height and width of the filters")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        width = self.out_channels or channels
        kind = InvertedBlock(channels, channels * self.expansion, width, self.kernel_size, self.stride)
        return inverted_residual(builder, name, x, kind)

"""Residual block of three convolutions."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_residual import EXPANSION, bottleneck
from workbench.project.templates.spec import GraphBuilder


@block(name="bottleneck", title="Residual, bottleneck")
class Bottleneck(Block):
    """A narrow 3×3 convolution between two of single pixels, and a shortcut, as in ResNet-50 (He et al. 2016)."""

    out_channels: int = Field(256, title="Channels", ge=4, le=65_536, description="How many channels it gives")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        widths = (max(1, self.out_channels // EXPANSION), self.out_channels)
        projects = self.out_channels != channels or self.stride > 1
        return bottleneck(builder, name, x, widths, self.stride, projects=projects)

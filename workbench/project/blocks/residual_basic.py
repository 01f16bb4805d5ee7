"""Residual block of two convolutions."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_residual import basic_block
from workbench.project.templates.spec import GraphBuilder


@block(name="residual", title="Residual, basic")
class ResidualBasic(Block):
    """Two convolutions and a shortcut, which is a convolution where sizes differ, as in ResNet-18 (He et al. 2016)."""

    out_channels: int | None = Field(None, title="Channels", ge=1, le=65_536, description="None: as many as come in")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        width = self.out_channels or channels
        return basic_block(builder, name, x, width, self.stride, projects=width != channels or self.stride > 1)

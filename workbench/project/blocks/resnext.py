"""Residual block whose middle convolution is in groups."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_residual import bottleneck
from workbench.project.templates.spec import GraphBuilder


@block(name="resnext", title="ResNeXt")
class ResNeXt(Block):
    """A bottleneck whose 3×3 convolution is many narrow ones side by side (Xie et al. 2017)."""

    out_channels: int = Field(256, title="Channels", ge=4, le=65_536, description="How many channels it gives")
    groups: int = Field(32, title="Groups", ge=1, le=1024, description="How many paths there are side by side")
    width: int = Field(4, title="Width of a group", ge=1, le=1024, description="Channels of each path")
    stride: int = Field(1, title="Stride", ge=1, le=8, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        widths = (self.groups * self.width, self.out_channels)
        projects = self.out_channels != channels or self.stride > 1
        return bottleneck(builder, name, x, widths, self.stride, projects=projects, groups=self.groups)

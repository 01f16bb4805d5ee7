"""A level of a U-Net."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block, value_at
from workbench.project.templates.spec import GraphBuilder
from workbench.project.templates.unet import enlarged, two_convolutions


@block(name="level", title="U-Net level")
class UNetLevel(Block):
    """Convolutions, a coarser map, and back, joined with what was there; repeated, each stands in the one before."""

    smallest: ClassVar[int] = 2

    out_channels: int = Field(64, title="Channels", ge=1, le=16_384, description="Of this level; twice that below it")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        return self._level(builder, name, x, 1)

    def draw(self, builder: GraphBuilder, x: Port, times: int) -> Port:
        """Draws so many levels, each inside the one above it."""
        x = self._level(builder, f"{self.name}1", x, times)
        builder.fold(f"{self.name}1")
        return x

    def _level(self, builder: GraphBuilder, name: str, x: Port, depth: int) -> Port:
        width = self.out_channels
        skip = two_convolutions(builder, f"{name}.down", x, width)
        y = builder.add("MaxPool2d", f"{name}.pool", skip, kernel_size=2)
        below = UNetLevel(out_channels=width * 2)
        if depth > 1:
            y = below._level(builder, f"{name}.level", y, depth - 1)
        else:
            y = two_convolutions(builder, f"{name}.bottom", y, width * 2)
        return enlarged(builder, f"{name}.up", y, (skip, width), value_at(builder, skip).spatial)

"""Inception module."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.googlenet import inception
from workbench.project.templates.spec import GraphBuilder


@block(name="inception", title="Inception v1")
class Inception(Block):
    """Filters of three sizes and a pooling side by side, as in GoogLeNet (Szegedy et al. 2015), normalised."""

    one: int = Field(64, title="1×1", ge=1, le=16_384, description="Channels of the branch of single pixels")
    reduced_three: int = Field(96, title="Before 3×3", ge=1, le=16_384, description="Channels before the 3×3 filters")
    three: int = Field(128, title="3×3", ge=1, le=16_384, description="Channels of the 3×3 filters")
    reduced_five: int = Field(16, title="Before 5×5", ge=1, le=16_384, description="Channels before the larger filters")
    five: int = Field(
        32, title="5×5", ge=1, le=16_384, description="Channels of the larger filters, 3×3 as torchvision's"
    )
    pooled: int = Field(32, title="Pooled", ge=1, le=16_384, description="Channels behind the pooling")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        widths = (self.one, self.reduced_three, self.three, self.reduced_five, self.five, self.pooled)
        return inception(builder, name, x, widths)

"""Fire module."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.spec import GraphBuilder
from workbench.project.templates.squeezenet1_1 import fire


@block(name="fire", title="Fire")
class Fire(Block):
    """Squeezes to few maps before 1×1 and 3×3 filters expand them, as in SqueezeNet (Iandola et al. 2016)."""

    squeezed: int = Field(16, title="Squeezed", ge=1, le=16_384, description="Channels behind the first convolution")
    expanded: int = Field(64, title="Expanded", ge=1, le=16_384, description="Channels of each of the two branches")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        return fire(builder, name, x, self.squeezed, self.expanded)

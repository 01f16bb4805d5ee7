"""Squeeze-excitation."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.base_inverted import squeeze_excite
from workbench.project.templates.spec import GraphBuilder


@block(name="se", title="Squeeze-excitation")
class SqueezeExcitation(Block):
    """Weighs each channel by what all of them are on average (Hu et al. 2018)."""

    reduction: int = Field(16, title="Reduction", ge=1, le=1024, description="Channels for each squeezed one")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        widths = (channels, max(1, channels // self.reduction))
        return squeeze_excite(builder, name, x, widths, ("ReLU", "Sigmoid"))

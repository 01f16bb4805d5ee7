"""Layer of a dense block."""

from __future__ import annotations

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.densenet121 import dense_layer
from workbench.project.templates.spec import GraphBuilder


@block(name="dense", title="Dense layer")
class DenseLayer(Block):
    """Adds maps to those that come in; repeated, each gets those of all before it (DenseNet, Huang et al. 2017)."""

    growth: int = Field(32, title="Growth", ge=1, le=4096, description="How many channels it adds")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        return builder.add("Concat", f"{name}.concat", x, dense_layer(builder, name, x, self.growth))

"""Transition between dense blocks."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.densenet121 import transition
from workbench.project.templates.spec import GraphBuilder


@block(name="transition", title="Dense transition")
class DenseTransition(Block):
    """Reduces channels and halves height and width between dense blocks (Huang et al. 2017)."""

    smallest: ClassVar[int] = 2

    out_channels: int | None = Field(
        None, title="Channels", ge=1, le=65_536, description="None: half as many as come in"
    )

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        return transition(builder, name, x, self.out_channels or max(1, channels // 2))

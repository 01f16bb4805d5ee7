"""ShuffleNet unit."""

from __future__ import annotations

from pydantic import Field

from workbench.core.errors import UsageError
from workbench.core.graph import Port
from workbench.project.blocks.spec import Block, block
from workbench.project.templates.shufflenet_v2_x1_0 import shuffle_unit
from workbench.project.templates.spec import GraphBuilder


@block(name="shuffle", title="ShuffleNet unit")
class ShuffleUnit(Block):
    """Leaves half of the channels alone, and mixes both halves at its end, as in ShuffleNetV2 (Ma et al. 2018)."""

    out_channels: int | None = Field(
        None, title="Channels", ge=2, le=65_536, description="With a stride of 2; None: twice as many as come in"
    )
    stride: int = Field(1, title="Stride", ge=1, le=2, description="How many times smaller the map becomes")

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        is_first = self.stride == 2
        width = (self.out_channels or 2 * channels) if is_first else channels
        if not is_first and self.out_channels not in (None, channels):
            raise UsageError("A ShuffleNet unit with a stride of 1 gives as many channels as come in.")
        if width % 2:
            raise UsageError(f"A ShuffleNet unit halves its channels, so their number must be even, not {width}.")
        return shuffle_unit(builder, name, x, (channels, width), is_first=is_first)

    def again(self) -> ShuffleUnit:
        return ShuffleUnit()

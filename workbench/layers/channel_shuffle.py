"""Channels in another order, so that grouped convolutions see each other's (ShuffleNet, Zhang et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_convolution import divisor_below
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Channel shuffle", group="Shape")
class ChannelShuffle(Layer):
    """Deals the channels out among groups as cards, so that groups of the next convolution see all of them."""

    stem: ClassVar[str] = "shuffle"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[k·groups + g] = x[g·C/groups + k]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"channel_shuffle": ("groups",)}

    groups: int = Field(2, ge=1, le=MOST_CHANNELS, description="How many groups the channels come in")

    def output(self, x: Value) -> Value:
        if x.channels % self.groups:
            raise ShapeError(
                f"groups = {self.groups} must divide the {x.channels} channels that come in.",
                found=f"{x.channels} channels",
                needed=f"a multiple of {self.groups}",
                fixes=(SuggestParam("groups", divisor_below(self.groups, x.channels)),),
            )
        return x

    def module(self, x: Value) -> Call:
        return call("nn.ChannelShuffle", self.groups)

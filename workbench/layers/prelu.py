"""The rectifier whose slope for the negative is learnt (He et al. 2015)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="PReLU", group="Activation")
class PReLU(Layer):
    """Passes what is positive and a learnt share of what is negative."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector"}),)
    trains: ClassVar[bool] = True
    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x if x > 0 else weight · x"

    num_parameters: int = Field(
        1, ge=1, le=MOST_CHANNELS, description="How many shares are learnt: 1 for all, or one for each channel"
    )
    init: float = Field(0.25, ge=-100, le=100, description="The share to begin with")

    def output(self, x: Value) -> Value:
        if self.num_parameters not in (1, x.channels):
            raise ShapeError(
                f"learns {self.num_parameters} shares, but gets {x.channels} channels.",
                found=f"{x.channels} channels",
                needed=f"1 share, or {x.channels}",
                fixes=(SuggestParam("num_parameters", x.channels), SuggestParam("num_parameters", 1)),
            )
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call("nn.PReLU", **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}

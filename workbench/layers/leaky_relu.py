"""The rectifier that lets a little of the negative through."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="Leaky ReLU", group="Activation")
class LeakyReLU(Layer):
    """Passes what is positive and a small share of what is negative, so that no unit goes dead."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x if x > 0 else negative_slope · x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"leaky_relu": ("negative_slope", "inplace")}

    negative_slope: float = Field(0.01, ge=0, le=1, description="Share of the negative that passes")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.LeakyReLU", self.negative_slope)

"""The fully connected layer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.setting_words import also_called
from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import In, Layer, layer


@layer(title="Fully connected", group="Linear")
class Linear(Layer):
    """Weighs every input for every output."""

    stem: ClassVar[str] = "fc"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"vector", "sequence", "channels_last"}),)
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "out_features"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = weight · x + bias"

    out_features: int = Field(
        128, json_schema_extra=also_called("units"), ge=1, le=MOST_CHANNELS, description="How many outputs"
    )
    bias: bool = Field(True, description="Learn one offset for each output")

    def output(self, x: Value) -> Value:
        return x.reshaped(*x.shape[:-1], self.out_features)

    def module(self, x: Value) -> Call:
        return call("nn.Linear", x.shape[-1], self.out_features, bias=self.bias)

    def parameters(self, x: Value) -> dict[str, Shape]:
        weight = (self.out_features, x.shape[-1])
        return {"weight": weight, "bias": (self.out_features,)} if self.bias else {"weight": weight}

    def macs(self, x: Value) -> int:
        return x.elements * self.out_features

    def windows(self, *values: Value) -> None:
        """Every output sees everything."""
        return

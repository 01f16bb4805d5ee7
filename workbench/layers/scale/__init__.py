"""A number that everything is multiplied by: residual branches that begin small, scores with a temperature."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer

LARGEST = 1e6


@layer(title="Scale", group="Merge")
class Scale(Layer):
    """Multiplies everything by one number, which is not learnt."""

    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = factor · x"

    factor: float = Field(1.0, ge=-LARGEST, le=LARGEST, description="What every value is multiplied by")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("Scale", self.factor, home="workbench.layers.scale.module")

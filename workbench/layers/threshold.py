"""The rectifier whose corner and floor are chosen."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_activation import Activation
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Threshold", group="Activation")
class Threshold(Activation):
    """Passes what is above a threshold and puts one value in the place of all else."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x if x > threshold else value"

    threshold: float = Field(0.0, ge=-1e6, le=1e6, description="What is above it passes")
    value: float = Field(0.0, ge=-1e6, le=1e6, description="What stands in the place of all else")

    def module(self, x: Value) -> Call:
        return call("nn.Threshold", self.threshold, self.value)

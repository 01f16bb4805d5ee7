"""The rectifier, the usual activation of convolutional networks."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="ReLU", group="Activation")
class ReLU(Layer):
    """Passes what is positive and stops what is negative."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = max(x, 0)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"relu": ("inplace",)}

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.ReLU")

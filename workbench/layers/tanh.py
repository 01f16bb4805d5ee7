"""The hyperbolic tangent, the activation of the first convolutional networks."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="Tanh", group="Activation")
class Tanh(Layer):
    """Squeezes everything smoothly between -1 and 1."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = tanh(x)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"tanh": ()}

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Tanh")

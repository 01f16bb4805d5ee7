"""The logistic function, used where a result is a share or a brightness."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer, layer


@layer(title="Sigmoid", group="Activation")
class Sigmoid(Layer):
    """Squeezes everything smoothly between 0 and 1."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = 1 / (1 + exp(−x))"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"sigmoid": ()}

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Sigmoid")

"""A node that does nothing, for shortcuts and as a place to look at."""

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer


@layer(title="Identity", group="Shape")
class Identity(Layer):
    """Passes everything through."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", whole_numbers=True),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = x"

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call("nn.Identity")

"""What the layers share that compute one function of every value by itself."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer


class ValueFunction(Layer):
    """Computes a function of each value; the subclasses say which.

    Attributes:
        home: the Python module with the torch class, which is called as the layer.
    """

    home: ClassVar[str] = ""
    inputs: ClassVar[tuple[In, ...]] = (In("x"),)

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        return call(type(self).__name__, home=self.home)

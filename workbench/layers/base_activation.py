"""What the activations share that treat each value by itself: one shape comes in and goes out, by torch's module."""

from __future__ import annotations

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import Layer


class Activation(Layer):
    """Bends each value by itself; the subclasses are called as torch's modules, and so are their settings."""

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call(f"nn.{type(self).__name__}", **settings)

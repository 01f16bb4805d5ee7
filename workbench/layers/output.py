"""Marks a result of the network."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.layers.spec import In, Layer, layer


@layer(title="Output", group="Data")
class Output(Layer):
    """Marks what comes in as a result, under the node's name."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", whole_numbers=True),)
    output_ports: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = "result = x"

    def outputs(self, *values: Value) -> dict[str, Value]:
        return {}

    def module(self, x: Value) -> None:
        """Nothing is computed."""
        return

"""Powers of every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_function import ValueFunction
from workbench.layers.call import Call, call
from workbench.layers.spec import In, layer


@layer(title="Power", group="Merge")
class Power(ValueFunction):
    """Raises each value to a power; negative values have whole powers alone."""

    home: ClassVar[str] = "workbench.layers.power.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x", positive=True),)
    formula: ClassVar[str] = "y = x ^ exponent"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"pow": ("exponent",)}

    exponent: float = Field(2.0, ge=-16, le=16, description="The power: 2 for squares, 0.5 for roots, −1 for 1/x")

    def module(self, x: Value) -> Call:
        return call("Power", self.exponent, home=self.home)

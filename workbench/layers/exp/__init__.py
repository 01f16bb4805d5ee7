"""Exponential of every value."""

from __future__ import annotations

from typing import ClassVar

from workbench.layers.base_function import ValueFunction
from workbench.layers.spec import layer


@layer(title="Exponential", group="Merge")
class Exp(ValueFunction):
    """Raises e to the power of each value, so that all become positive."""

    home: ClassVar[str] = "workbench.layers.exp.module"
    formula: ClassVar[str] = "y = exp(x)"

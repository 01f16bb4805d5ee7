"""Exponential of every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_function import ValueFunction
from workbench.layers.spec import layer


@layer(title="Exponential", group="Merge")
class Exp(ValueFunction):
    """Raises e to the power of each value, so that all become positive."""

    home: ClassVar[str] = "workbench.layers.exp.module"
    formula: ClassVar[str] = "y = exp(x)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"exp": ()}

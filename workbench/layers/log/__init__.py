"""Logarithm of every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_function import ValueFunction
from workbench.layers.spec import In, layer


@layer(title="Logarithm", group="Merge")
class Log(ValueFunction):
    """Takes the natural logarithm of each value; of zero and below there is none."""

    home: ClassVar[str] = "workbench.layers.log.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x", positive=True),)
    formula: ClassVar[str] = "y = ln(x)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"log": ()}

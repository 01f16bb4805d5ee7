"""Square root of every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_function import ValueFunction
from workbench.layers.spec import In, layer


@layer(title="Square root", group="Merge")
class Sqrt(ValueFunction):
    """Takes the square root of each value; of negative ones there is none."""

    home: ClassVar[str] = "workbench.layers.sqrt.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x", positive=True),)
    formula: ClassVar[str] = "y = √x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"sqrt": ()}

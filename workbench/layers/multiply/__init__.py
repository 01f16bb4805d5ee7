"""The product of several branches: gates, as in squeeze and excitation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_elementwise import Elementwise
from workbench.layers.spec import In, layer


@layer(title="Multiply", group="Merge")
class Multiply(Elementwise):
    """Multiplies its inputs, value by value; one value for each channel weighs whole maps."""

    home: ClassVar[str] = "workbench.layers.multiply.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x", variadic=True, fewest=2),)
    formula: ClassVar[str] = "y = x.0 · x.1 · …"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"mul": (), "multiply": (), "imul": ()}

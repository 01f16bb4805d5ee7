"""The quotient of two branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_elementwise import Elementwise
from workbench.layers.spec import In, layer


@layer(title="Divide", group="Merge")
class Divide(Elementwise):
    """Divides the first input by the second, value by value; where that is zero the result is not finite."""

    home: ClassVar[str] = "workbench.layers.divide.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x"), In("other"))
    formula: ClassVar[str] = "y = x / other"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"div": (), "truediv": (), "divide": ()}

"""The difference of two branches: what a network should take away, such as noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_elementwise import Elementwise
from workbench.layers.spec import In, layer


@layer(title="Subtract", group="Merge")
class Subtract(Elementwise):
    """Takes the second input away from the first, value by value."""

    home: ClassVar[str] = "workbench.layers.subtract.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x"), In("other"))
    formula: ClassVar[str] = "y = x − other"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"sub": (), "subtract": (), "isub": ()}

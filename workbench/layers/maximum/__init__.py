"""The largest of several branches: maxout networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_elementwise import Elementwise
from workbench.layers.spec import In, layer


@layer(title="Maximum", group="Merge")
class Maximum(Elementwise):
    """Keeps the largest of its inputs, value by value."""

    home: ClassVar[str] = "workbench.layers.maximum.module"
    inputs: ClassVar[tuple[In, ...]] = (In("x", variadic=True, fewest=2),)
    formula: ClassVar[str] = "y = max(x.0, x.1, …)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"maximum": ()}

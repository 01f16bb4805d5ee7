"""The sum along axes that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_reduction import Reduction
from workbench.layers.spec import layer


@layer(title="Sum over axes", group="Pooling")
class Sum(Reduction):
    """Adds up along some axes."""

    home: ClassVar[str] = "workbench.layers.sum.module"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = Σ x over the axes dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"sum": ("dim", "keepdim")}

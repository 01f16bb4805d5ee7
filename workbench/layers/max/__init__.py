"""The largest value along axes that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_reduction import Reduction
from workbench.layers.spec import layer


@layer(title="Maximum over axes", group="Pooling")
class Max(Reduction):
    """Takes the largest value along some axes."""

    home: ClassVar[str] = "workbench.layers.max.module"
    formula: ClassVar[str] = "y = max of x over the axes dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"amax": ("dim", "keepdim")}

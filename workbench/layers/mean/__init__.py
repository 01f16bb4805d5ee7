"""The mean along axes that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_reduction import Reduction
from workbench.layers.spec import layer


@layer(title="Mean over axes", group="Pooling")
class Mean(Reduction):
    """Averages over some axes, such as over height and width."""

    home: ClassVar[str] = "workbench.layers.mean.module"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = mean of x over the axes dim"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"mean": ("dim", "keepdim")}

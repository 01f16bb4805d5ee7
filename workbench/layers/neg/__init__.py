"""Negative of every value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.layers.base_function import ValueFunction
from workbench.layers.spec import layer


@layer(title="Negative", group="Merge")
class Neg(ValueFunction):
    """Turns the sign of each value."""

    home: ClassVar[str] = "workbench.layers.neg.module"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y = −x"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"neg": ()}

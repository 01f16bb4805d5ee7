"""Softsign, the S-shaped curve that flattens slowly."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="Softsign", group="Activation")
class Softsign(Activation):
    """Divides each value by one more than its size, which bounds it by −1 and 1."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = x / (1 + |x|)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"softsign": ()}

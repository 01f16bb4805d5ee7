"""Mish (Misra 2019)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="Mish", group="Activation")
class Mish(Activation):
    """Weighs each value by the tanh of its softplus, a smooth rectifier."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x · tanh(log(1 + exp(x)))"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"mish": ("inplace",)}

"""The sigmoid linear unit, also called Swish, as EfficientNet has it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="SiLU (Swish)", group="Activation")
class SiLU(Activation):
    """Weighs each value by its own sigmoid, a smooth rectifier."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x / (1 + exp(−x))"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"silu": ("inplace",)}

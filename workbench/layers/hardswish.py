"""The Swish of straight pieces, as MobileNetV3 has it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="Hard Swish", group="Activation")
class Hardswish(Activation):
    """Weighs each value by a straight slope from −3 to 3, a Swish that costs little."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x · min(max(x + 3, 0), 6) / 6"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"hardswish": ("inplace",)}

"""The sigmoid of straight pieces, as MobileNetV3's gates have it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="Hard sigmoid", group="Activation")
class Hardsigmoid(Activation):
    """Squeezes everything between 0 and 1 by a straight slope from −3 to 3."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = min(max(x / 6 + 1/2, 0), 1)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"hardsigmoid": ("inplace",)}

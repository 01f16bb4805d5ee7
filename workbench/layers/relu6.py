"""The rectifier that ends at six (Krizhevsky 2010), as MobileNet has it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="ReLU6", group="Activation")
class ReLU6(Activation):
    """Passes what is positive, but at most 6, so that coarse numbers hold it."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = min(max(x, 0), 6)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"relu6": ("inplace",)}

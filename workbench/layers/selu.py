"""The self-normalising exponential linear unit (Klambauer et al. 2017)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="SELU", group="Activation")
class SELU(Activation):
    """Passes and bends values such that mean 0 and variance 1 keep themselves from layer to layer."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = 1.0507 · (x if x > 0 else 1.6733 · (exp(x) − 1))"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"selu": ("inplace",)}

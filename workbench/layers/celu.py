"""The continuously differentiable exponential linear unit (Barron 2017)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="CELU", group="Activation")
class CELU(Activation):
    """Passes what is positive and bends the negative towards −alpha, with slope 1 at zero for any alpha."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = max(x, 0) + min(alpha · (exp(x / alpha) − 1), 0)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"celu": ("alpha", "inplace")}

    alpha: float = Field(1.0, gt=0, le=100, description="Size of the most negative value")

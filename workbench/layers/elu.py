"""The exponential linear unit (Clevert et al. 2016)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="ELU", group="Activation")
class ELU(Activation):
    """Passes what is positive and bends the negative smoothly towards −alpha, so that means stay near zero."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x if x > 0 else alpha · (exp(x) − 1)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"elu": ("alpha", "inplace")}

    alpha: float = Field(1.0, ge=0, le=100, description="Size of the most negative value")

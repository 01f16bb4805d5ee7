"""The smooth rectifier that never gives zero."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="Softplus", group="Activation")
class Softplus(Activation):
    """Rounds the rectifier's corner off, so that everything comes out positive."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = log(1 + exp(beta · x)) / beta"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"softplus": ("beta", "threshold")}

    beta: float = Field(1.0, gt=0, le=100, description="How sharp the corner is; the larger, the nearer to ReLU")
    threshold: float = Field(
        20.0, ge=0, le=1000, description="Where beta · x is above it, x passes as it is, which is exact enough"
    )

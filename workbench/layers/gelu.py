"""The Gaussian error linear unit (Hendrycks & Gimpel 2016), as transformers and ConvNeXt have it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base_activation import Activation
from workbench.layers.spec import layer


@layer(title="GELU", group="Activation")
class GELU(Activation):
    """Weighs each value by the share of a normal distribution below it, a smooth rectifier."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "rectify"
    formula: ClassVar[str] = "y = x · Φ(x)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"gelu": ("approximate",)}

    approximate: Literal["none", "tanh"] = Field(
        "none", description="Exact, or the formula by tanh that some published weights were learnt with"
    )

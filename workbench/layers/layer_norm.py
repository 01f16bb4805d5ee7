"""Layer normalisation (Ba et al. 2016)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_trailing_norm import TrailingNorm
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Layer normalisation", group="Normalisation")
class LayerNorm(TrailingNorm):
    """Centres and scales each sample by itself, over its last axes or all of it."""

    stem: ClassVar[str] = "ln"
    formula: ClassVar[str] = "y = (x − mean) / √(var + eps) · weight + bias, mean and var over the last axes"

    eps: float = Field(1e-5, gt=0, le=1, description="Added to the variance so that nothing is divided by zero")
    elementwise_affine: bool = Field(True, description="Learn a scale and an offset for each value")
    bias: bool = Field(True, description="Learn the offset too, where a scale is learnt")

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        names = ("eps", "elementwise_affine", "bias")
        settings = {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}
        return call("nn.LayerNorm", self.normalized_shape(x), **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        shape = self.normalized_shape(x)
        if not self.elementwise_affine:
            return {}
        return {"weight": shape, "bias": shape} if self.bias else {"weight": shape}

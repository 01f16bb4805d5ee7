"""Root mean square normalisation (Zhang & Sennrich 2019)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_trailing_norm import TrailingNorm
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="RMS normalisation", group="Normalisation")
class RMSNorm(TrailingNorm):
    """Scales each sample to a mean square of one, over its last axes or all of it, without centring it."""

    stem: ClassVar[str] = "rms"
    formula: ClassVar[str] = "y = x / √(mean of x² + eps) · weight, the mean over the last axes"

    eps: float | None = Field(
        None, gt=0, le=1, description="Added to the mean square; the smallest step of the number format if not given"
    )
    elementwise_affine: bool = Field(True, description="Learn a scale for each value")

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        names = ("eps", "elementwise_affine")
        settings = {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}
        return call("nn.RMSNorm", self.normalized_shape(x), **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        return {"weight": self.normalized_shape(x)} if self.elementwise_affine else {}

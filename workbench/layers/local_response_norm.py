"""Local response normalisation, as AlexNet has it (Krizhevsky et al. 2012)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer


@layer(title="Local response normalisation", group="Normalisation")
class LocalResponseNorm(Layer):
    """Divides each value by how strong the neighbouring channels are at its position."""

    stem: ClassVar[str] = "lrn"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}),)
    formula: ClassVar[str] = "y[c] = x[c] / (k + alpha · mean of x[c − size/2 … c + size/2]²)^beta"

    size: int = Field(5, ge=1, le=1024, description="How many neighbouring channels count")
    alpha: float = Field(1e-4, ge=0, le=1000, description="How much their mean square counts")
    beta: float = Field(0.75, ge=0, le=10, description="Power of the divisor")
    k: float = Field(1.0, gt=0, le=1000, description="Added to the divisor")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        names = ("alpha", "beta", "k")
        settings = {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}
        return call("nn.LocalResponseNorm", self.size, **settings)

"""Layer normalisation over the channels of each pixel, as ConvNeXt has it (Liu et al. 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_trailing_norm import affine_settings
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, layer

if TYPE_CHECKING:
    from torch import nn


@layer(title="Layer normalisation of channels", group="Normalisation")
class LayerNorm2d(Layer):
    """Centres and scales the channels of each pixel by itself."""

    stem: ClassVar[str] = "ln"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    trains: ClassVar[bool] = True
    formula: ClassVar[str] = "y = (x − mean) / √(var + eps) · weight + bias, mean and var over the channels of a pixel"

    eps: float = Field(1e-6, gt=0, le=1, description="Added to the variance so that nothing is divided by zero")
    elementwise_affine: bool = Field(True, description="Learn a scale and an offset for each channel")
    bias: bool = Field(True, description="Learn the offset too, where a scale is learnt")

    def output(self, x: Value) -> Value:
        return x

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        settings = {name: getattr(self, name) for name in fields if getattr(self, name) != fields[name].default}
        return call("LayerNorm2d", x.channels, home="workbench.layers.layer_norm2d.module", **settings)

    def parameters(self, x: Value) -> dict[str, Shape]:
        if not self.elementwise_affine:
            return {}
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.bias else {"weight": (x.channels,)}

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        return cls.model_validate(affine_settings(cls, module))

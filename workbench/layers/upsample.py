"""Enlarging without learning: the unpooling of decoders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import Bounds, Pair, per_axis
from workbench.layers.spec import In, Layer, layer
from workbench.layers.windows import Windows, enlarged

TAPS: dict[str, Literal[1, 2, 4]] = {"nearest": 1, "bilinear": 2, "bicubic": 4}


@layer(title="Upsample", group="Shape")
class Upsample(Layer):
    """Enlarges each map by a whole factor."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "nearest: y[c, i, j] = x[c, ⌊i/f⌋, ⌊j/f⌋]"

    scale_factor: Annotated[Pair, Bounds(1, 64)] = Field(2, description="How many times higher and wider")
    mode: Literal["nearest", "bilinear", "bicubic"] = Field("nearest", description="How the new pixels are made")

    def output(self, x: Value) -> Value:
        factors = per_axis(self.scale_factor, 2)
        return x.reshaped(x.channels, *(size * factor for size, factor in zip(x.spatial, factors, strict=True)))

    def module(self, x: Value) -> Call:
        return call("nn.Upsample", scale_factor=self.scale_factor, mode=self.mode)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        return (tuple(enlarged(factor, TAPS[self.mode]) for factor in per_axis(self.scale_factor, 2)),)

    @classmethod
    def from_module(cls, module: object) -> Layer:
        """torch keeps the factor as floats; only whole ones can be drawn.

        Raises:
            ValueError: the module enlarges to a given size, by a fraction, or with aligned corners.
        """
        if getattr(module, "align_corners", None):
            raise ValueError("an upsampling with aligned corners cannot be drawn")
        factor = getattr(module, "scale_factor", None)
        whole = tuple(map(_whole, factor)) if isinstance(factor, tuple) else _whole(factor)
        return cls.model_validate({"scale_factor": whole, "mode": getattr(module, "mode", "nearest")})


def _whole(factor: object) -> object:
    """2.0 as 2; what is no whole number stays, and is refused."""
    return int(factor) if isinstance(factor, float) and factor.is_integer() else factor

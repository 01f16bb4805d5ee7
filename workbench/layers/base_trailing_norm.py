"""What the normalisations share that take the last axes of each sample together, as torch's LayerNorm does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.core.values import Json, Shape, Value
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam

if TYPE_CHECKING:
    from torch import nn


class TrailingNorm(Layer):
    """Normalises the last axes; torch's `normalized_shape` follows from what comes in and from how many axes it is."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map", "vector", "sequence", "channels_last"}),)
    trains: ClassVar[bool] = True

    axes: int | None = Field(
        None, ge=1, le=4, description="How many of the last axes are normalised together; all of them if not given"
    )

    def output(self, x: Value) -> Value:
        if self.axes is not None and self.axes > len(x.shape):
            raise ShapeError(
                f"normalises {self.axes} axes, but {x} has {len(x.shape)}.",
                found=str(x),
                needed=f"{self.axes} axes",
                fixes=(SuggestParam("axes", None),),
            )
        return x

    def normalized_shape(self, x: Value) -> Shape:
        """Sizes of the axes that are normalised together."""
        return x.shape if self.axes is None else x.shape[len(x.shape) - self.axes :]

    def windows(self, *values: Value) -> None:
        """Every position along these axes takes part."""
        return

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch keeps the sizes of the axes, of which only the number is a setting."""
        sizes: tuple[int, ...] = getattr(module, "normalized_shape", ())
        return cls.model_validate({**affine_settings(cls, module), "axes": len(sizes)})


def affine_settings(cls: type[Layer], module: nn.Module) -> dict[str, Json]:
    """Returns eps and which weights a module has; without any, whether it would have a bias is not known."""
    found: dict[str, Json] = {name: getattr(module, name) for name in ("eps", "elementwise_affine")}
    if "bias" in cls.model_fields and found["elementwise_affine"]:
        found["bias"] = getattr(module, "bias", None) is not None
    return found

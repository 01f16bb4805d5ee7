"""Where the data comes in, with its normalisation."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import Numbers, Shape1to4
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer

FIELD = r"^[A-Za-z][A-Za-z0-9_]*$"


@layer(title="Input", group="Data")
class Input(Layer):
    """Brings in a field of the data, scaled to 0…1 if it is bytes, then centred and scaled for each channel."""

    stem: ClassVar[str] = "image"
    inputs: ClassVar[tuple[In, ...]] = ()
    data_field: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c] = (x[c] − mean[c]) / std[c]; bytes are divided by 255 first"

    field: str = Field("image", pattern=FIELD, max_length=60, description="Name of the data's field")
    shape: Shape1to4 = Field(
        (1, 28, 28), min_length=1, max_length=4, description="Size of a sample, channels first, without the batch"
    )
    kind: Literal["map", "vector", "sequence", "tokens"] = Field("map", description="What a sample is")
    mean: Numbers = Field((), max_length=4096, description="Subtracted: one number, or one for each channel")
    std: Numbers = Field((), max_length=4096, description="Divided by: one number, or one for each channel")

    @field_validator("std")
    @classmethod
    def _not_zero(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(not number > 0 for number in value):
            raise ValueError("must be greater than 0")
        return value

    def output(self) -> Value:
        if (self.kind in ("vector", "tokens")) != (len(self.shape) == 1):
            raise ShapeError(
                f"is said to be a {self.kind}, but its shape is {'×'.join(map(str, self.shape))}.",
                port="",
                found=self.kind,
                needed="a vector and tokens have one axis, everything else has more",
                fixes=(SuggestParam("kind", "vector" if len(self.shape) == 1 else "map"),),
            )
        if self.kind == "tokens":
            return self._tokens()
        channels = self.shape[-1] if self.kind == "sequence" else self.shape[0]
        for name, numbers in (("mean", self.mean), ("std", self.std)):
            if len(numbers) not in (0, 1, channels):
                raise ShapeError(
                    f"{name} has {len(numbers)} numbers for {channels} channels.",
                    port="",
                    found=f"{len(numbers)} numbers",
                    needed=f"none, 1 or {channels}",
                    fixes=(SuggestParam(name, []),),
                )
        return Value(self.shape, self.kind)

    def _tokens(self) -> Value:
        """Whole numbers, of which there is no mean.

        Raises:
            ShapeError: mean or std are given.
        """
        for name in ("mean", "std"):
            if getattr(self, name):
                raise ShapeError(
                    f"has {name}, but tokens are whole numbers that stand for things.",
                    port="",
                    found=name,
                    needed=f"no {name}",
                    fixes=(SuggestParam(name, []),),
                )
        return Value(self.shape, "tokens", "int64")

    def module(self) -> Call:
        if self.kind == "tokens":
            return call("nn.Identity")
        axes = 0 if self.kind == "sequence" else len(self.shape) - 1
        settings = {"mean": self.mean, "std": self.std, "axes": axes}
        given = {name: value for name, value in settings.items() if value}
        return call("Normalize", home="workbench.layers.input.module", **given)

    @classmethod
    def from_module(cls, module: object) -> Layer:
        """Field and shape are no business of the module's."""
        return cls.model_validate({"mean": getattr(module, "given_mean", ()), "std": getattr(module, "given_std", ())})

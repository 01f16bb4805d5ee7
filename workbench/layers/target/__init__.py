"""The right answer, which the losses compare the prediction with."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value, shape_text
from workbench.layers.call import Call, call
from workbench.layers.input import FIELD
from workbench.layers.settings import Bounds, Names, Sizes
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer


@layer(title="Target", group="Data")
class Target(Layer):
    """Brings in a field of the data as the right answer; bytes of a picture are scaled to 0…1."""

    stem: ClassVar[str] = "label"
    inputs: ClassVar[tuple[In, ...]] = ()
    data_field: ClassVar[bool] = True
    is_answer: ClassVar[bool] = True
    formula: ClassVar[str] = "y = x; bytes of a picture are divided by 255"

    field: str = Field("label", pattern=FIELD, max_length=60, description="Name of the data's field")
    kind: Literal["class", "map", "vector", "mask", "scalar"] = Field("class", description="What an answer is")
    shape: Annotated[Sizes, Bounds(1, 65536)] = Field(
        (), max_length=4, description="Size of an answer, channels first, without the batch; empty for a class"
    )
    classes: Names = Field((), max_length=10_000, description="Names of the classes")

    def output(self) -> Value:
        fits = {"class": not self.shape, "scalar": self.shape in ((), (1,)), "vector": len(self.shape) == 1}
        if not fits.get(self.kind, bool(self.shape)):
            raise ShapeError(
                f"is said to be a {self.kind}, but its shape is {shape_text(self.shape)}.",
                port="",
                found=shape_text(self.shape),
                needed={"class": "no axis", "scalar": "no axis", "vector": "one axis"}.get(self.kind, "some axes"),
                fixes=(SuggestParam("kind", "vector"),) if len(self.shape) == 1 else (),
            )
        dtype = "int64" if self.kind in ("class", "mask") else "float32"
        if self.is_number:
            return Value((1,), "vector", dtype, self.classes)  # as a layer with a single output gives it
        return Value(self.shape, self.kind, dtype, self.classes)

    @property
    def is_number(self) -> bool:
        """Whether an answer is one number, said in whichever way."""
        return self.kind == "scalar" or (self.kind == "vector" and self.shape == (1,))

    def module(self) -> Call:
        home = "workbench.layers.target.module"
        return call("Answer", numbers=True, home=home) if self.is_number else call("Answer", home=home)

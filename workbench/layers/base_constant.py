"""What the layers share that bring in numbers of their own, which are the same for every sample."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value, shape_text
from workbench.layers.settings import Shape1to4
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam
from workbench.layers.windows import Windows


class OwnNumbers(Layer):
    """Gives numbers of its own, stretched over the batch; the module is called with a field of the data as `like`.

    Attributes:
        home: the Python module with the torch class, which is called as the layer.
    """

    home: ClassVar[str] = ""
    inputs: ClassVar[tuple[In, ...]] = ()
    is_constant: ClassVar[bool] = True

    shape: Shape1to4 = Field(
        (1,), min_length=1, max_length=4, description="Sizes of the axes, channels first, without the batch"
    )
    kind: Literal["vector", "map", "sequence", "channels_last"] = Field("vector", description="What the numbers are")

    def output(self) -> Value:
        axes = len(self.shape)
        fitting = {"vector": axes == 1, "sequence": axes == 2, "channels_last": axes > 2}.get(self.kind, axes > 1)
        if not fitting:
            raise ShapeError(
                f"is said to be a {self.kind}, but its shape is {shape_text(self.shape)}.",
                port="",
                found=self.kind,
                needed="a vector has one axis, a sequence two, and a map more than one",
                fixes=(SuggestParam("kind", "vector" if axes == 1 else "map"),),
            )
        return Value(self.shape, self.kind)

    def windows(self) -> tuple[Windows, ...]:
        """Nothing comes in."""
        return ()

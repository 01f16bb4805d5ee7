"""The product of two matrices that the network has computed, as in attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.base_elementwise import stretched
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer

MATRICES = frozenset({"map", "sequence", "channels_last"})


@layer(title="Matrix product", group="Merge")
class MatMul(Layer):
    """Multiplies the matrices of the last two axes, rows of the first by columns of the second."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=MATRICES), In("other", kinds=MATRICES))
    formula: ClassVar[str] = "y[i, k] = Σ over j: x[i, j] · other[j, k]"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"matmul": (), "bmm": ()}

    transposed: bool = Field(
        False, description="Take the rows of the second input for its columns, as attention does with its keys"
    )

    def _second(self, other: Value) -> Shape:
        """The sizes of the second input, as it is multiplied."""
        *leading, rows, columns = other.shape
        return (*leading, columns, rows) if self.transposed else (*leading, rows, columns)

    def output(self, x: Value, other: Value) -> Value:
        second = self._second(other)
        leading = stretched(x.shape[:-2], second[:-2])
        if leading is None:
            raise ShapeError(
                f"multiplies matrices of the last two axes, so those before must agree, but it gets {x} and {other}.",
                port="other",
                found=str(other),
                needed=f"the axes of {x} but for the last two",
            )
        if x.shape[-1] != second[-2]:
            fitting = x.shape[-1] == second[-1]
            fits = (*other.shape[:-1], x.shape[-1]) if self.transposed else (*other.shape[:-2], x.shape[-1], second[-1])
            raise ShapeError(
                f"multiplies rows of {x.shape[-1]} by columns of {second[-2]}, which must be as long.",
                port="other",
                found=str(second[-2]),
                needed=str(x.shape[-1]),
                fixes=(SuggestParam("transposed", not self.transposed),) if fitting else (),
                fits=other.reshaped(*fits),
            )
        return x.reshaped(*leading, x.shape[-2], second[-1])

    def module(self, x: Value, other: Value) -> Call:
        settings = {"transposed": True} if self.transposed else {}
        return call("MatMul", home="workbench.layers.matmul.module", **settings)

    def macs(self, x: Value, other: Value) -> int:
        return self.output(x, other).elements * x.shape[-1]

    def windows(self, *values: Value) -> None:
        """A position sees a whole row and a whole column."""
        return

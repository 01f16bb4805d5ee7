"""Convolutional sparse coding through the layers below: a higher layer of deconvolutional networks."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Shape, Value
from workbench.layers.call import Call
from workbench.layers.sparse_coding import SparseCoding
from workbench.layers.spec import In, ShapeError, layer

POWER_ITERATIONS = 10  # as in `SparseCode2d._curvature_with`


@layer(title="Sparse code 2D, higher layer", group="Deconvolutional")
class DeepSparseCode2d(SparseCoding):
    """Searches for few codes that draw the picture itself through all the layers below (Zeiler 2011)."""

    stem: ClassVar[str] = "code"
    inputs: ClassVar[tuple[In, ...]] = (
        In("x", kinds={"map"}, axes=(3,)),
        In("below", kinds={"synthesis"}, axes=(3,)),
    )
    formula: ClassVar[str] = "codes = argmin over z of lam/2 · ‖below(Σₖ z[k] ∗ filter[k]) − x‖² + Σ |z|^p"

    def outputs(self, *values: Value) -> dict[str, Value]:
        x, below = values
        if below.unpooled != x.shape:
            drawn = Value(below.unpooled)
            raise ShapeError(
                f"gets a picture of {x}, but the layers below draw {drawn}. Wire the picture that the lowest of them "
                "gets to all of them.",
                found=str(x),
                needed=str(drawn),
            )
        return self._outputs(x, below)

    def module(self, x: Value, below: Value) -> Call:
        return self._module("DeepSparseCode2d", below.channels)

    def parameters(self, x: Value, below: Value) -> dict[str, Shape]:
        return self._weights(below.channels)

    def macs(self, x: Value, below: Value) -> int:
        return self._macs(below, 0 if self.solver == "published" else POWER_ITERATIONS)

    def explain(self, x: Value, below: Value) -> str:
        return self._explained(below)

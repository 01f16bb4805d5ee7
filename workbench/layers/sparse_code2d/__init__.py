"""Convolutional sparse coding of what comes in: the lowest layer of deconvolutional networks."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Shape, Value
from workbench.layers.call import Call
from workbench.layers.sparse_coding import SparseCoding
from workbench.layers.spec import In, layer


@layer(title="Sparse code 2D", group="Deconvolutional")
class SparseCode2d(SparseCoding):
    """Searches for few codes whose filters add up to the map that comes in (Zeiler 2010, and layer 1 of 2011)."""

    stem: ClassVar[str] = "code"
    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(3,)),)
    formula: ClassVar[str] = "codes = argmin over z of lam/2 · ‖Σₖ z[k] ∗ filter[k] − x‖² + Σ |z|^p"

    def outputs(self, *values: Value) -> dict[str, Value]:
        (x,) = values
        return self._outputs(x, x)

    def module(self, x: Value) -> Call:
        return self._module("SparseCode2d", x.channels)

    def parameters(self, x: Value) -> dict[str, Shape]:
        return self._weights(x.channels)

    def macs(self, x: Value) -> int:
        return self._macs(x, 0)

    def explain(self, x: Value) -> str:
        return self._explained(x)

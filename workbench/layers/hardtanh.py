"""The tanh of straight pieces."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_activation import Activation
from workbench.layers.spec import ShapeError, SuggestParam, layer


@layer(title="Hard tanh", group="Activation")
class Hardtanh(Activation):
    """Cuts everything off below one value and above another."""

    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "pass"
    formula: ClassVar[str] = "y = min(max(x, min_val), max_val)"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"hardtanh": ("min_val", "max_val", "inplace")}

    min_val: float = Field(-1.0, ge=-1e6, le=999_999, description="Smallest value that comes out")
    max_val: float = Field(1.0, ge=-1e6, le=1e6, description="Largest value that comes out")

    def output(self, x: Value) -> Value:
        if self.min_val >= self.max_val:
            raise ShapeError(
                f"min_val = {self.min_val:g} must be below max_val = {self.max_val:g}.",
                port="",
                found=f"{self.min_val:g} to {self.max_val:g}",
                needed="a range",
                fixes=(SuggestParam("max_val", self.min_val + 1),),
            )
        return x

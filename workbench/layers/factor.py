"""Which factor of the scene varies in a batch: what an inverse graphics network is told while it trains."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.input import FIELD
from workbench.layers.settings import Names
from workbench.layers.spec import In, Layer, layer


@layer(title="Varying factor", group="Data")
class Factor(Layer):
    """Brings in which factor of the scene varies in a batch, while all the others stand still."""

    inputs: ClassVar[tuple[In, ...]] = ()
    data_field: ClassVar[bool] = True
    formula: ClassVar[str] = "y = number of the factor, the same for every sample of a batch"

    field: str = Field("factor", pattern=FIELD, max_length=60, description="Name of the data's field")
    classes: Names = Field(
        (), max_length=1000, description="Names of the factors in the order of the data's numbers; empty if not known"
    )

    def output(self) -> Value:
        return Value((), "class", "int64", self.classes)

    def module(self) -> Call:
        return call("nn.Identity")

"""Numbers that are learnt and are the weights of no other layer: class tokens, position codes, scales of channels."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Shape
from workbench.layers.base_constant import OwnNumbers
from workbench.layers.call import Call, call
from workbench.layers.spec import layer


@layer(title="Parameter", group="Merge")
class Parameter(OwnNumbers):
    """Gives numbers that are learnt, the same for every sample, to be added, multiplied or joined."""

    home: ClassVar[str] = "workbench.layers.parameter.module"
    trains: ClassVar[bool] = True
    formula: ClassVar[str] = "y = value, learnt"

    initial: Literal["zeros", "ones", "normal"] = Field("zeros", description="What the numbers begin with")
    std: float = Field(0.02, ge=0, le=100, description="Standard deviation of numbers that begin as normal ones")

    def module(self) -> Call:
        fields = type(self).model_fields
        names = ("initial", "std")
        settings = {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}
        return call("Parameter", self.shape, home=self.home, **settings)

    def parameters(self) -> dict[str, Shape]:
        return {"value": self.shape}

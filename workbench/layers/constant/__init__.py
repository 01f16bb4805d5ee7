"""Numbers that are given and never learnt."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_constant import OwnNumbers
from workbench.layers.call import Call, call
from workbench.layers.settings import ListedNumbers
from workbench.layers.spec import ShapeError, SuggestParam, layer

MOST_NUMBERS = 4096


@layer(title="Constant", group="Merge")
class Constant(OwnNumbers):
    """Gives fixed numbers, the same for every sample."""

    home: ClassVar[str] = "workbench.layers.constant.module"
    formula: ClassVar[str] = "y = values"

    values: ListedNumbers = Field(
        (0.0,),
        min_length=1,
        max_length=MOST_NUMBERS,
        description="One number for all places, or the numbers of all places, row by row",
    )

    def output(self) -> Value:
        found, needed = len(self.values), prod(self.shape)
        if found not in (1, needed):
            raise ShapeError(
                f"has {found} values for {needed} places.",
                port="",
                found=f"{found} values",
                needed=f"1 or {needed}" if needed > 1 else "1",
                fixes=(SuggestParam("values", list(self.values[:needed] if found > needed else self.values[:1])),),
            )
        return super().output()

    def module(self) -> Call:
        return call("Constant", self.shape, self.values, home=self.home)

"""How often a class is right where it is said, each class counting alike."""

from __future__ import annotations

import math
from typing import ClassVar

from workbench.training.metrics.macro_f1 import MacroF1
from workbench.training.metrics.spec import metric


@metric(name="macro_precision", title="macro precision")
class MacroPrecision(MacroF1):
    """Mean over the classes that occur of the share of samples taken for a class that are of it."""

    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 45

    def value(self) -> float:
        shares = [both / said if said else 0.0 for both, said, true in self.counts() if said or true]
        return sum(shares) / len(shares) if shares else math.nan

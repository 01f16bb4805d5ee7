"""How many samples of a class are found, each class counting alike."""

from __future__ import annotations

import math
from typing import ClassVar

from workbench.training.metrics.macro_f1 import MacroF1
from workbench.training.metrics.spec import metric


@metric(name="macro_recall", title="macro recall")
class MacroRecall(MacroF1):
    """Mean over the classes that occur or are predicted of the share of a class's samples that are taken for it."""

    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 50

    def value(self) -> float:
        shares = [both / true if true else 0.0 for both, said, true in self.counts() if said or true]
        return sum(shares) / len(shares) if shares else math.nan

"""The loss for numbers with outliers (Huber 1964)."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_difference_loss import DifferenceLoss
from workbench.layers.spec import layer


@layer(title="Huber", group="Loss")
class HuberLoss(DifferenceLoss):
    """Measures small differences by their square and large ones by delta times their size."""

    formula: ClassVar[str] = (
        "loss = mean of d² / 2 if |d| < delta else delta · (|d| − delta / 2), d = prediction − target"
    )

    delta: float = Field(1.0, gt=0, le=1e6, description="Difference from which on its size counts")

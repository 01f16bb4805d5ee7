"""The loss of bounding boxes (Girshick 2015)."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_difference_loss import DifferenceLoss
from workbench.layers.spec import layer


@layer(title="Smooth L1", group="Loss")
class SmoothL1Loss(DifferenceLoss):
    """Measures small differences by their square and large ones by their size."""

    formula: ClassVar[str] = "loss = mean of d² / (2 · beta) if |d| < beta else |d| − beta / 2, d = prediction − target"

    beta: float = Field(1.0, ge=0, le=1e6, description="Difference from which on its size counts; 0 is plain L1")

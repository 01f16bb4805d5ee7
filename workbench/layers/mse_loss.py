"""The usual loss for numbers and reconstructions."""

from typing import ClassVar

from workbench.layers.base_difference_loss import DifferenceLoss
from workbench.layers.spec import layer


@layer(title="Mean squared error", group="Loss")
class MSELoss(DifferenceLoss):
    """Measures the squared distance between prediction and target."""

    formula: ClassVar[str] = "loss = mean of (prediction − target)²"

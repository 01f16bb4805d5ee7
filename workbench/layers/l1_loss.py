"""The absolute difference, which leaves edges sharp."""

from typing import ClassVar

from workbench.layers.base_difference_loss import DifferenceLoss
from workbench.layers.spec import layer


@layer(title="Mean absolute error (L1)", group="Loss")
class L1Loss(DifferenceLoss):
    """Measures the distance between prediction and target, so that outliers count no more than they are."""

    formula: ClassVar[str] = "loss = mean of |prediction − target|"

"""How well the scores of each label order samples, whatever the level from which on it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.base_binned_auc import BinnedAuc
from workbench.training.metrics.spec import metric, tells_labels

if TYPE_CHECKING:
    from torch import Tensor

MOST_LABELS = 50  # each has two histograms


@metric(name="label_auc", title="label AUC")
class LabelAuc(BinnedAuc):
    """Chance that a sample with a label has a higher score of it than one without, mean over the labels."""

    rank: ClassVar[int] = 41

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_labels(loss, prediction, target) and prediction.channels <= MOST_LABELS

    def update(self, prediction: Tensor, target: Tensor) -> None:
        self.count(prediction.double(), target > 0.5)  # scores before the sigmoid are log-odds

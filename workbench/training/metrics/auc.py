"""How well scores order samples, whatever the level from which on a class is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.base_binned_auc import BinnedAuc
from workbench.training.metrics.spec import metric, tells_classes

if TYPE_CHECKING:
    from torch import Tensor

MOST_CLASSES = 20  # each has two histograms


@metric(name="auc", title="AUC")
class Auc(BinnedAuc):
    """Chance that a sample of a class has a higher probability of it than one of the others, mean over the classes."""

    of_classes: ClassVar[bool] = True
    rank: ClassVar[int] = 40

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and target.kind == "class" and 2 <= prediction.channels <= MOST_CLASSES

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        scores = prediction.double()
        classes = scores.shape[1]
        own = torch.eye(classes, dtype=torch.bool, device=scores.device)
        others = scores[:, None].masked_fill(own, -math.inf).logsumexp(2)
        self.count(scores - others, target[:, None] == torch.arange(classes, device=target.device))

    def areas(self) -> list[float]:
        found = super().areas()
        return found[:1] if self._shape[0] == 2 else found  # of two classes both areas are the same

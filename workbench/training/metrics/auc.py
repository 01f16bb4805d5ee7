"""How well scores order samples, whatever the level from which on a class is said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, metric, tells_classes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

BINS = 1000
MOST = 8.0  # asinh of the log-odds (of about 1,500) from which on all are in one bin
MOST_CLASSES = 20  # each has two histograms


@metric(name="auc", title="AUC")
class Auc(Metric):
    """Chance that a sample of a class has a higher probability of it than one of the others, mean over the classes.

    Probabilities are counted in bins of their log-odds, which are 0.016 wide at even odds and wider the surer they are;
    those in one bin count as equal. So the value differs from that of all single probabilities by at most half the
    share of pairs that fall into one bin.
    """

    form: ClassVar[str] = ".4f"
    is_cheap: ClassVar[bool] = False
    of_classes: ClassVar[bool] = True
    is_detail: ClassVar[bool] = True
    rank: ClassVar[int] = 40

    def __init__(self, prediction: Value, target: Value) -> None:
        import numpy as np

        super().__init__(prediction, target)
        self._shape = (prediction.channels, 2, BINS)  # class, whether samples are of it, bin
        self._counts: NDArray[np.float64] = np.zeros(self._shape)

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and target.kind == "class" and 2 <= prediction.channels <= MOST_CLASSES

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 0  # of `added`: what is counted is in the histograms

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        classes = prediction.shape[1]
        scores = prediction.double()
        own = torch.eye(classes, dtype=torch.bool, device=scores.device)
        others = scores[:, None].masked_fill(own, -math.inf).logsumexp(2)
        places = torch.asinh(scores - others).clamp(-MOST, MOST)  # of the log-odds, finer where they are small
        bins = ((places + MOST) * ((BINS - 1) / (2 * MOST))).round().long()
        numbers = torch.arange(classes, device=target.device)
        at = (2 * numbers + (target[:, None] == numbers)) * BINS + bins
        counts = torch.bincount(at.flatten(), minlength=2 * classes * BINS)
        self._counts = self._counts + counts.reshape(self._shape).cpu().numpy()

    def value(self) -> float:
        """The mean over the classes that some samples are of and others are not."""
        areas = []
        for others, own in self._counts[:1] if self._shape[0] == 2 else self._counts:
            pairs = own.sum() * others.sum()
            if pairs:
                below = others.cumsum() - others / 2  # in lower bins, and half of those in the same
                areas.append(float((own * below).sum() / pairs))
        return sum(areas) / len(areas) if areas else math.nan

    def sums(self) -> list[float]:
        return [float(count) for count in self._counts.flat]

    def restore(self, sums: Sequence[float]) -> None:
        import numpy as np

        self._counts = np.array(sums, np.float64).reshape(self._shape)

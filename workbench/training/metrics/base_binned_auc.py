"""Areas under ROC curves from histograms, which batches and processes can add up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.training.metrics.spec import Metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

BINS = 1000
MOST = 8.0  # asinh of the log-odds (of about 1,500) from which on all are in one bin


class BinnedAuc(Metric):
    """Counts the log-odds of each class, of samples that have it and of others, in bins.

    The bins are 0.016 wide at even odds and wider the surer they are; log-odds in one bin count as equal. So the value
    differs from that of all single probabilities by at most half the share of pairs that fall into one bin.
    """

    form: ClassVar[str] = ".4f"
    is_cheap: ClassVar[bool] = False
    is_detail: ClassVar[bool] = True

    def __init__(self, prediction: Value, target: Value) -> None:
        import numpy as np

        super().__init__(prediction, target)
        self._shape = (prediction.channels, 2, BINS)  # class, whether samples have it, bin
        self._counts: NDArray[np.float64] = np.zeros(self._shape)

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 0  # of `added`: what is counted is in the histograms

    def count(self, log_odds: Tensor, has: Tensor) -> None:
        """Adds a batch.

        Args:
            log_odds: of each class (N, C), as doubles.
            has: whether the sample has the class (N, C).
        """
        import torch

        classes = log_odds.shape[1]
        places = torch.asinh(log_odds).clamp(-MOST, MOST)
        bins = ((places + MOST) * ((BINS - 1) / (2 * MOST))).round().long()
        at = (2 * torch.arange(classes, device=has.device) + has) * BINS + bins
        counts = torch.bincount(at.flatten(), minlength=2 * classes * BINS)
        self._counts = self._counts + counts.reshape(self._shape).cpu().numpy()

    def areas(self) -> list[float]:
        """Returns the areas of the classes that some samples have and others have not."""
        found = []
        for others, own in self._counts:
            pairs = own.sum() * others.sum()
            if pairs:
                below = others.cumsum() - others / 2  # in lower bins, and half of those in the same
                found.append(float((own * below).sum() / pairs))
        return found

    def value(self) -> float:
        """The mean of the areas; NaN without any."""
        areas = self.areas()
        return sum(areas) / len(areas) if areas else math.nan

    def sums(self) -> list[float]:
        return [float(count) for count in self._counts.flat]

    def restore(self, sums: Sequence[float]) -> None:
        import numpy as np

        self._counts = np.array(sums, np.float64).reshape(self._shape)

"""What a network says of single samples, against what they are, and their losses. Needs numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError

Numbers = NDArray[np.int64]


class NoClassesError(UsageError):
    """The network takes no sample for a class."""


@dataclass(frozen=True)
class SampleLosses:
    """The losses of all samples of a split, in their order.

    Attributes:
        loss: what the network's loss layer gives for each sample alone (N,).
    """

    loss: NDArray[np.float64]

    def largest_first(self, numbers: Numbers) -> Numbers:
        """Returns samples sorted by their loss, the largest first; those whose loss is not a number come before."""
        return numbers[np.argsort(-np.nan_to_num(self.loss[numbers], nan=np.inf), kind="stable")]

    def loss_text(self, sample: int) -> str:
        """Returns the loss of a sample in words: "loss 2.31"."""
        return f"loss {self.loss[sample]:.3g}"


@dataclass(frozen=True)
class Verdicts(SampleLosses):
    """Verdicts on all samples of a split, in their order.

    Attributes:
        classes: names of the classes.
        truth: the class of each sample (N,).
        said: what the network takes it for (N,).
        sure: the probability that it gives to that (N,).
    """

    classes: tuple[str, ...]
    truth: Numbers
    said: Numbers
    sure: NDArray[np.float64]

    def wrong(self) -> Numbers:
        """Returns the numbers of the samples that are taken for something else, the surest mistake first."""
        return self.surest_first(np.flatnonzero(self.truth != self.said))

    def right(self) -> Numbers:
        """Returns the numbers of the samples that are taken for what they are, the surest first."""
        return self.surest_first(np.flatnonzero(self.truth == self.said))

    def cell(self, truth: int, said: int) -> Numbers:
        """Returns the numbers of the samples of one class that are taken for one class, the surest first."""
        return self.surest_first(np.flatnonzero((self.truth == truth) & (self.said == said)))

    def matrix(self) -> Numbers:
        """Returns the confusion matrix (true class, said class)."""
        number = len(self.classes)
        return np.bincount(self.truth * number + self.said, minlength=number * number).reshape(number, number)

    def surest_first(self, numbers: Numbers) -> Numbers:
        """Returns samples sorted by the probability of what the network takes them for, the largest first."""
        return numbers[np.argsort(-self.sure[numbers], kind="stable")]

    def name(self, number: int) -> str:
        """Returns the name of a class."""
        return self.classes[number] if 0 <= number < len(self.classes) else str(number)

    def texts(self, sample: int) -> tuple[str, str]:
        """Returns what is said of a sample, and what it is: "said truck (93 %)", "is automobile"."""
        said = f"said {self.name(int(self.said[sample]))} ({self.sure[sample]:.0%})"
        return said, f"is {self.name(int(self.truth[sample]))}"

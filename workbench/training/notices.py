"""What a run has to say beside its numbers: hints, losses of data, and that its loss goes the wrong way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from workbench.training.config import TrainingConfig
from workbench.training.events import Warned
from workbench.training.progress import Progress

DIVERGED = 10.0  # so many times its first value over a whole epoch, and a loss no longer comes down by itself
MILLION = 1e6
SMALLEST = 1e-12  # a first loss below it says nothing about how far later ones rose


class Notices:
    """Sentences that wait to be said, each once.

    Attributes:
        hints: what a person should know.
        troubles: what is lost or could not be kept.
    """

    def __init__(self, hints: Iterable[str], config: TrainingConfig) -> None:
        self.hints, self.troubles = list(hints), list[str]()
        self._config = config
        self._first_loss = math.nan
        self._waiting: list[Warned] = []
        self._has_diverged = False

    def take(self, step: int) -> Iterator[Warned]:
        """Yields what has come up since the last time."""
        while self.hints:
            yield Warned(step, self.hints.pop(0))
        while self.troubles:
            yield Warned(step, self.troubles.pop(0), is_grave=True)
        while self._waiting:
            yield self._waiting.pop(0)

    def see_batch(self, loss: float) -> None:
        """Looks at the loss of a batch; the first one is the measure for all others."""
        if math.isnan(self._first_loss):
            self._first_loss = loss

    def see_epoch(self, step: int, loss: float, lr: float) -> None:
        """Looks at the mean loss of an epoch, and warns once if it has risen far above that of the first batch."""
        first = abs(self._first_loss)
        if self._has_diverged or not first > SMALLEST or not loss > DIVERGED * first:
            return
        self._has_diverged = True
        times = f"{loss / first:,.0f}-fold" if loss < MILLION * first else "more than a million-fold"
        message = (
            f"The loss rose {times}, from {self._first_loss:.4g} to {loss:.4g}: learning rate {lr:.3g} is likely "
            "too high. Try a tenth of it."
        )
        self._waiting.append(Warned(step, message, is_grave=True, rate=self.lower_rate()))

    def lower_rate(self) -> float:
        """Returns a learning rate to try instead; 0 where stages have rates of their own."""
        return 0.0 if any(stage.lr is not None for stage in self._config.stages) else self._config.lr / 10


def nonfinite(progress: Progress, lr: float, node: str, last: int) -> str:
    """Why the loss or a gradient is not a number, in a sentence.

    Args:
        progress: where the run stands.
        lr: the learning rate of the step.
        node: the first node with such values; "" if they go wrong on the way back.
        last: the step of the last checkpoint, 0 if there is none.
    """
    where = f"; the first node with such values is {node}" if node else "; the values go wrong on the way back"
    good = f"The last good checkpoint is of step {last}." if last else "No checkpoint is older."
    return (
        f"The loss or its gradient is NaN or infinite at step {progress.step + 1} "
        f"(epoch {progress.epoch + 1}){where}. Learning rate {lr:.3g} is likely too high: "
        f"start again with a lower one. {good}"
    )

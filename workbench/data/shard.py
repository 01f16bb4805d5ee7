"""Which part of every batch one of several processes takes, so that together they meet each sample once an epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shard:
    """The part of one process; the usual one is the whole.

    Attributes:
        rank: number of the process, from 0.
        size: how many processes there are.
        least: how many samples a part has at least, unless it has none: what layers need of a batch to learn from it.
    """

    rank: int = 0
    size: int = 1
    least: int = 1

    def part(self, samples: int) -> slice:
        """Returns which samples of a batch are this process's own; none where there are too few for all.

        Parts follow each other without gaps and differ by one sample at most, but for the processes that get none.
        """
        taking = max(1, min(self.size, samples // max(1, self.least)))
        if self.rank >= taking:
            return slice(samples, samples)
        return slice(self.rank * samples // taking, (self.rank + 1) * samples // taking)

    def part_of_whole(self, samples: int, number: int) -> slice:
        """Returns all samples of a batch that must not be cut, or none: the processes take turns with such batches.

        Args:
            samples: how many the batch has.
            number: of the batch in its epoch.
        """
        return slice(0, samples) if number % self.size == self.rank else slice(samples, samples)

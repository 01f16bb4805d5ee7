"""A curve of any length, ready to be drawn: no spike is lost, and drawing costs the same for a million points."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

FACTOR = 4
Floats = NDArray[np.float32]
Number = TypeVar("Number", bound=np.floating)


class GrowingArray(Generic[Number]):
    """An array that grows at its end in amortised constant time."""

    def __init__(self, dtype: type[Number]) -> None:
        self._array: NDArray[Number] = np.empty(64, dtype)
        self.count = 0

    def extend(self, values: NDArray[Number]) -> None:
        """Puts values behind those that are there."""
        wanted = self.count + len(values)
        if wanted > len(self._array):
            larger = np.empty(max(wanted, 2 * len(self._array)), self._array.dtype)
            larger[: self.count] = self._array[: self.count]
            self._array = larger
        self._array[self.count : wanted] = values
        self.count = wanted

    @property
    def values(self) -> NDArray[Number]:
        """What is there, as a view."""
        return self._array[: self.count]


class Pyramid:
    """Points in the order of x; level k keeps smallest and largest y of blocks of 4^k points.

    Running sums of y lie beside them, so that a mean over any stretch costs two look-ups. Each new point is touched
    once, and no reading costs more for more points than there are levels.
    """

    def __init__(self) -> None:
        self.x, self.y = GrowingArray(np.float32), GrowingArray(np.float32)
        self._sums = GrowingArray(np.float64)  # of the first n points, for each n from 0 on
        self._sums.extend(np.zeros(1))
        self._levels: list[tuple[GrowingArray[np.float32], GrowingArray[np.float32]]] = []

    def __len__(self) -> int:
        return self.x.count

    def extend(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
        """Adds points behind the others; those whose y is no finite number are left out."""
        good = np.isfinite(y)
        self.x.extend(x[good].astype(np.float32))
        added = y[good].astype(np.float32)
        self.y.extend(added)
        self._sums.extend(self._sums.values[-1] + np.cumsum(added, dtype=np.float64))
        low, high, level = self.y.values, self.y.values, 0
        while len(low) >= FACTOR:
            if level == len(self._levels):
                self._levels.append((GrowingArray(np.float32), GrowingArray(np.float32)))
            lows, highs = self._levels[level]
            done, blocks = lows.count, len(low) // FACTOR
            if blocks > done:
                piece = slice(done * FACTOR, blocks * FACTOR)
                lows.extend(low[piece].reshape(-1, FACTOR).min(axis=1))
                highs.extend(high[piece].reshape(-1, FACTOR).max(axis=1))
            low, high, level = lows.values, highs.values, level + 1

    def extremes(self, first: int) -> tuple[float, float]:
        """Returns the smallest and the largest y from the point with this number on; there must be one."""
        low = high = self.y.values
        lows, highs = [], []
        for next_low, next_high in self._levels:
            start, end = -(-first // FACTOR), next_low.count
            if start >= end:
                break
            for piece in (slice(first, start * FACTOR), slice(end * FACTOR, None)):  # what no whole block holds
                lows.append(low[piece])
                highs.append(high[piece])
            low, high, first = next_low.values, next_high.values, start
        lows.append(low[first:])
        highs.append(high[first:])
        return float(np.concatenate(lows).min()), float(np.concatenate(highs).max())

    def view(self, start: float, end: float, most: int) -> tuple[Floats, Floats]:
        """What to draw between two places of x, in about `most` points: both ends of each block."""
        x = self.x.values
        # Looked for in the array's own type: another one would copy the whole array first.
        first = max(0, int(np.searchsorted(x, np.float32(start))) - 1)
        last = min(len(x), int(np.searchsorted(x, np.float32(end), side="right")) + 1)
        if last - first <= most or not self._levels:
            return x[first:last], self.y.values[first:last]
        level, size = 0, FACTOR
        while 2 * (last - first) / size > most and level + 1 < len(self._levels):
            level, size = level + 1, size * FACTOR
        lows, highs = self._levels[level]
        a, b = first // size, min(last // size, lows.count)
        places = x[np.arange(a, b) * size + size // 2]
        rest = slice(b * size, last)  # points behind the last whole block
        tail = self.y.values[rest]
        xs = np.repeat(places, 2)
        ys = np.stack([lows.values[a:b], highs.values[a:b]], axis=1).ravel()
        if len(tail):
            xs = np.concatenate([xs, [x[rest][0], x[rest][-1]]])
            ys = np.concatenate([ys, [tail.min(), tail.max()]])
        return xs.astype(np.float32), ys.astype(np.float32)

    def smoothed(self, width: int, most: int) -> tuple[Floats, Floats]:
        """The running mean over `width` points, thinned to about `most` points."""
        count = len(self)
        if not count:
            return self.x.values, self.y.values
        width = max(1, min(width, count))
        sums = self._sums.values
        ends = np.linspace(1, count, min(count, most)).astype(np.int64)  # at most as many as points, so none is twice
        starts = np.maximum(ends - width, 0)
        means = (sums[ends] - sums[starts]) / (ends - starts)
        return self.x.values[ends - 1], means.astype(np.float32)

"""Cuts series over time into windows that are seen and the steps behind them that are to be foretold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.data.spec import Array


@dataclass(frozen=True)
class TimeSeries:
    """One series in the order of time.

    Attributes:
        name: which series it is; "" if there is only one.
        rows: for each step the number of its row in the table.
        times: for each step its time.
        values: (steps, columns).
    """

    name: str
    rows: Array
    times: Array
    values: Array


@dataclass(frozen=True)
class Standardisation:
    """What a series is standardised by, from its training part alone: a mean and a deviation for each column."""

    mean: Array
    deviation: Array

    @classmethod
    def of(cls, values: Array) -> Standardisation:
        """Returns the scale of values (steps, columns); a column that is the same at all steps is divided by 1."""
        deviation = values.std(axis=0)
        return cls(values.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def standardised(self, values: Array) -> Array:
        """Returns values (steps, columns) less the mean, divided by the deviation."""
        return (values - self.mean) / self.deviation


def changed(after: Array, before: Array, change: str) -> Array:
    """Returns how values differ from earlier ones.

    Args:
        after: the later values.
        before: the earlier ones, of a shape that goes with it.
        change: "difference", "relative" to the earlier value, "log" of the quotient, or "value" for the later one.
    """
    if change == "difference":
        return after - before
    if change == "relative":
        return (after - before) / before
    return np.log(after / before) if change == "log" else after + 0 * before


@dataclass(frozen=True)
class Windows:
    """Windows of one part of one series.

    Attributes:
        seen: (N, columns, window), the inputs.
        future: (N, targets, horizon), how the targets go on, as `change` has it.
        last: (N, targets), the last values that are seen.
    """

    seen: Array
    future: Array
    last: Array


def cut(inputs: Array, targets: Array, *, window: int, horizon: int, step: int, change: str) -> Windows | None:
    """Returns all windows that lie wholly within some rows; None where there are too few rows.

    Args:
        inputs: (steps, columns) that are seen.
        targets: (steps, columns) that are foretold.
        window: steps seen.
        horizon: steps foretold.
        step: steps from one window to the next.
        change: what is foretold, as for `changed`.
    """
    count = len(inputs) - window - horizon + 1
    if count < 1:
        return None
    seen = np.lib.stride_tricks.sliding_window_view(inputs, window, axis=0)[:count:step]
    ahead = np.lib.stride_tricks.sliding_window_view(targets[window:], horizon, axis=0)[:count:step]
    last = targets[window - 1 : window - 1 + count : step]
    return Windows(seen.astype(np.float32), changed(ahead, last[:, :, None], change), last)


def parts_of(times: Array, borders: tuple[float, float]) -> Iterator[tuple[str, slice]]:
    """Yields the steps of each split: those before the first border, those before the second, and the others."""
    first, second = np.searchsorted(times, borders)
    yield from (("train", slice(0, first)), ("validation", slice(first, second)), ("test", slice(second, None)))

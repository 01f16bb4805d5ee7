"""The pyramid behind the curves: it loses no spike, and reading it touches few points however many there are."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from workbench.training.pyramid import Pyramid


def test_no_spike_is_lost_however_long_the_curve() -> None:
    curve = Pyramid()
    random = np.random.default_rng(0)
    count = 0
    spikes = {}
    for size in (1, 3, 1000, 7, 20_000, 64_000):
        y = random.uniform(0.4, 0.6, size)
        at = int(random.integers(size))
        y[at] = 5.0 + size
        spikes[count + at] = 5.0 + size
        curve.extend(np.arange(count, count + size, dtype=float), y)
        count += size
    xs, ys = curve.view(0, count, 500)
    assert len(ys) <= 2 * 500
    assert float(ys.max()) == max(spikes.values())
    for at, height in spikes.items():
        _, seen = curve.view(max(0, at - 50), at + 50, 100_000)
        assert height in seen.tolist()
    assert np.all(np.diff(xs) >= 0)


def test_values_that_are_no_numbers_are_left_out() -> None:
    curve = Pyramid()
    curve.extend(np.arange(5.0), np.array([1.0, np.nan, 2.0, np.inf, 3.0]))
    assert curve.y.values.tolist() == [1.0, 2.0, 3.0]


def test_the_running_mean_is_the_mean() -> None:
    curve = Pyramid()
    y = np.random.default_rng(1).normal(size=500)
    curve.extend(np.arange(500.0), y)
    xs, means = curve.smoothed(20, 10_000)
    assert means[99] == pytest.approx(y[80:100].mean(), abs=1e-5)
    assert xs[99] == 99


@pytest.mark.parametrize("count", [1, 3, 4, 5, 17, 64, 1000, 4099])
def test_extremes_are_those_of_the_points_themselves(count: int) -> None:
    y = np.random.default_rng(count).normal(size=count).astype(np.float32)
    curve = Pyramid()
    for piece in np.array_split(y, min(count, 7)):
        curve.extend(np.zeros(len(piece)), piece)
    for first in {0, count // 50, count // 3, count // 2, count - 1}:
        assert curve.extremes(first) == (y[first:].min(), y[first:].max())


def test_the_running_mean_goes_on_over_many_pieces() -> None:
    y = np.random.default_rng(2).normal(size=3000)
    whole, pieces = Pyramid(), Pyramid()
    whole.extend(np.arange(3000.0), y)
    for start in range(0, 3000, 7):
        pieces.extend(np.arange(start, min(start + 7, 3000), dtype=float), y[start : start + 7])
    np.testing.assert_allclose(pieces.smoothed(50, 800)[1], whole.smoothed(50, 800)[1], rtol=1e-5, atol=1e-7)


def test_a_reading_takes_no_more_memory_of_a_longer_curve() -> None:
    """A copy of an array, or sums over all of it, would show in what is allocated meanwhile."""
    peaks = []
    for count in (20_000, 2_000_000):
        curve = Pyramid()
        curve.extend(np.arange(count, dtype=np.float32), np.ones(count, np.float32))
        tracemalloc.start()
        curve.view(0.0, float(count), 1600)
        curve.smoothed(20, 800)
        curve.extremes(count // 50)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 2 * peaks[0]

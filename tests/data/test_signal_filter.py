"""Filters of signals: what they keep, what they take off, and that nothing moves in time."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.signal_filter import band_passed, resampled
from workbench.data.spec import Array

RATE = 200.0
TIME = np.arange(1000) / RATE
MIDDLE = slice(200, 800)


def wave(hertz: float, times: Array = TIME) -> Array:
    return np.sin(2 * np.pi * hertz * times + 0.3)


@pytest.mark.parametrize(
    ("low", "high", "hertz", "kept"),
    [
        (8, 30, 4, 0), (8, 30, 12, 1), (8, 30, 20, 1), (8, 30, 50, 0), (None, 30, 2, 1), (None, 30, 60, 0),
        (5, None, 60, 1), (5, None, 1, 0), (None, 95, 50, 1), (30, None, 30, 0.5),
    ],
)  # fmt: skip
def test_a_band_is_kept_where_it_is(low: float | None, high: float | None, hertz: float, kept: float) -> None:
    made = band_passed(wave(hertz)[None, None], RATE, low, high)[0, 0]
    assert np.abs(made - kept * wave(hertz))[MIDDLE].max() < 0.02


def test_a_level_is_taken_off_and_kept() -> None:
    assert np.abs(band_passed(np.full((2, 300), 5.0), RATE, 1, None)).max() < 1e-9
    assert np.allclose(band_passed(np.full((2, 300), 5.0), RATE, None, 20), 5)
    assert band_passed(np.ones((1, 1)), RATE, None, 20).shape == (1, 1)


@pytest.mark.parametrize("new_rate", [100.0, 128.0, 50.0, 199.0])
def test_resampled_waves_are_the_same_waves(new_rate: float) -> None:
    made = resampled(np.stack([wave(5), wave(10)]), RATE, new_rate)
    assert made.shape == (2, int(5 * new_rate))
    times = np.arange(made.shape[1]) / new_rate
    inside = (times > 1) & (times < 4)
    for row, hertz in enumerate((5, 10)):
        assert np.abs(made[row] - wave(hertz, times))[inside].max() < 0.01


def test_nothing_is_mirrored_into_the_band() -> None:
    made = resampled(wave(70)[None], RATE, 100)[0]  # would show itself at 30 Hz
    assert np.abs(made[100:400]).max() < 0.01


def test_it_agrees_with_scipy() -> None:
    signal = pytest.importorskip("scipy.signal")
    noise = np.random.default_rng(0).normal(size=4000)
    ours = band_passed(noise[None], RATE, 8, 30)[0][1000:3000]
    theirs = signal.sosfiltfilt(signal.butter(8, (8, 30), "bandpass", fs=RATE, output="sos"), noise)[1000:3000]
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98

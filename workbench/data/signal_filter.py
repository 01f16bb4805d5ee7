"""Filters and resamples signals along their last axis, without delay: windowed-sinc filters, applied by numpy's FFT."""

from __future__ import annotations

import numpy as np

from workbench.data.listening import heard
from workbench.data.spec import Array

LENGTH = 3.3  # of a Hamming-windowed sinc in units of rate / width of its transition
LOBES = 16  # zero crossings on each side of the sinc that resampling weighs samples by
AT_ONCE = 4096  # samples that are made at once
STOP = 0.9  # of half the new rate, above which nothing is kept


def band_passed(signals: Array, rate: float, low: float | None, high: float | None) -> Array:
    """Returns signals without what is below `low` and above `high`, in hertz; no phase is shifted.

    Transitions are a quarter of each frequency wide, at least 2 Hz where there is room (as MNE has them). What lies
    beyond the ends is the signal turned about its last sample.
    """
    if high is not None:
        signals = _low_passed(signals, rate, high, min(max(0.25 * high, 2.0), rate / 2 - high))
    if low is not None:
        signals = signals - _low_passed(signals, rate, low, min(max(0.25 * low, 2.0), low))
    return signals


def _low_passed(signals: Array, rate: float, edge: float, transition: float) -> Array:
    """The signals below an edge, where half is left of them; around it they fade, over the width of the transition."""
    half = max(1, int(np.ceil(LENGTH * rate / transition / 2)))
    at = np.arange(-half, half + 1)
    kernel = np.sinc(2 * edge / rate * at) * np.hamming(len(at))
    kernel /= kernel.sum()
    steps = signals.shape[-1]
    size = 1 << (steps + 4 * half).bit_length()
    answer = np.fft.rfft(kernel, size)
    made = np.empty(signals.shape)
    for index in heard(list(np.ndindex(signals.shape[:-1])), "signals"):
        padded = _padded(signals[index], half)
        made[index] = np.fft.irfft(np.fft.rfft(padded, size) * answer, size)[2 * half : 2 * half + steps]
    return made


def _padded(signal: Array, amount: int) -> Array:
    if len(signal) == 1:
        return np.pad(signal.astype(np.float64), amount, mode="edge")
    return np.pad(signal.astype(np.float64), amount, mode="reflect", reflect_type="odd")


def resampled(signals: Array, rate: float, new_rate: float) -> Array:
    """Returns signals at a lower rate; what that rate cannot show is taken off first, so that nothing is mirrored.

    Args:
        signals: (..., steps).
        rate: samples a second now.
        new_rate: samples a second wanted, at most `rate`; need not divide it.
    """
    steps = signals.shape[-1]
    count = max(1, int(np.floor(steps * new_rate / rate + 1e-9)))
    narrow = STOP * new_rate / rate
    half = int(np.ceil(LOBES / narrow))
    padded = np.stack([_padded(signals[index], half) for index in np.ndindex(signals.shape[:-1])])
    made = np.empty((len(padded), count))
    for start in heard(range(0, count, AT_ONCE), "pieces of signals", together=1):
        times = np.arange(start, min(start + AT_ONCE, count)) * (rate / new_rate)
        first = np.floor(times).astype(np.int64)
        places = first[:, None] + np.arange(-half + 1, half + 1)
        away = places - times[:, None]
        window = 0.54 + 0.46 * np.cos(np.pi * np.clip(away / half, -1, 1))
        weights = np.sinc(narrow * away) * window
        weights /= weights.sum(axis=1, keepdims=True)
        for number, signal in enumerate(padded):
            made[number, start : start + len(times)] = (signal[places + half] * weights).sum(axis=1)
    return made.reshape(*signals.shape[:-1], count)

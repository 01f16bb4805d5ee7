"""The range that the values of a volume are brought to."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Scale = Literal["percentiles", "range", "standardise", "stored"]

PERCENTILES = (0.5, 99.5)
NOTES = {
    "percentiles": "Of each volume the 0.5th percentile became 0 and the 99.5th 1; what is beyond is cut (values).",
    "range": "Of each volume the smallest value became 0 and the largest 1 (values).",
    "standardise": "Each volume was brought to mean 0 and deviation 1 (values).",
    "stored": "The values are as they are stored (values).",
}


def scaled(volume: Floats, how: Scale, low: float | None, high: float | None) -> Floats:
    """Returns a volume (C, D, H, W) with its values brought to a range, each channel by its own.

    All become 0 where they are all alike.

    Args:
        volume: of finite values.
        how: as the note of that name says.
        low: what becomes 0 in all volumes alike, in place of `how`; None to go by that.
        high: what becomes 1 then.
    """
    if low is not None and high is not None:
        return np.clip(_moved(volume, low, high - low), 0, 1)
    return volume if how == "stored" else np.stack([_scaled(channel, how) for channel in volume])


def _scaled(channel: Floats, how: Scale) -> Floats:
    if how == "standardise":
        return _moved(channel, float(channel.mean(dtype=np.float64)), float(channel.std(dtype=np.float64)))
    low, high = (float(each) for each in np.percentile(channel, PERCENTILES if how == "percentiles" else (0, 100)))
    return np.clip(_moved(channel, low, high - low), 0, 1)


def scale_note(how: Scale, low: float | None, high: float | None) -> str:
    """Returns what a person should know about the values of the volumes."""
    if low is not None and high is not None:
        return f"In all volumes {low:g} became 0 and {high:g} became 1; what is beyond them is cut (low, high)."
    return NOTES[how]


def _moved(volume: Floats, by: float, divisor: float) -> Floats:
    made: Floats = ((volume - np.float64(by)) / (divisor or 1.0)).astype(np.float32)
    return made

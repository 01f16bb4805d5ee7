"""Colour maps as tables of 256 colours: even steps for activations, two sides of neutral for signed values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Every tenth of matplotlib's viridis, whose lightness rises evenly and which survives colour blindness.
VIRIDIS = "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725"
# From blue over a neutral grey to orange: distinguished without red or green.
BLUE_ORANGE = "5aa9ff 3f7fd0 36608f 2f4560 2a2e35 5a3f2b 8f5a2c c97a2c ffa03c"

# The same on light paper, where zero is nearly white.
BLUE_ORANGE_LIGHT = "0b4f9e 2f78c4 78aede bcd6ee eef0f3 f6d9b8 eaab62 cf7a1c 8f4a00"


def table(colours: str) -> NDArray[np.uint8]:
    """256 colours (256, 3) on straight lines between the given ones."""
    stops = np.array([[int(each[i : i + 2], 16) for i in (0, 2, 4)] for each in colours.split()], dtype=np.float64)
    places = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(places, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


SEQUENTIAL = table(VIRIDIS)
DIVERGING = table(BLUE_ORANGE)
DIVERGING_LIGHT = table(BLUE_ORANGE_LIGHT)


def as_pictures(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Pictures (K, C, H, W) between 0 and 1 as bytes (K, H, W, 3); a channel alone is grey."""
    shares = np.clip(np.nan_to_num(values[:, :3] if values.shape[1] >= 3 else values[:, :1]), 0, 1)
    rounded = np.rint(shares * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.broadcast_to(rounded, (*rounded.shape[:3], 3)).copy()

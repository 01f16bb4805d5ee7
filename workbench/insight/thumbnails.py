"""Small pictures of what a node gives, for the canvas: a few maps side by side, a strip of bars, or the input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.insight.colours import SEQUENTIAL
from workbench.insight.spec import Bytes
from workbench.insight.tiling import PAPER

SIDE = 40
LONGEST = 128
LOWEST = 12
GAP = 2
MOST_MAPS = 3
MOST_BARS = 62
LOW, BAR = SEQUENTIAL[0], SEQUENTIAL[200]


def thumbnail(values: NDArray[Any]) -> Bytes | None:
    """What a node gives for one sample as a small picture (H, W, 3).

    Args:
        values: (C, H, W), (C, L), (F,) or ().

    Returns:
        At most 40 pixels high and 128 wide; None where there is nothing to draw.
    """
    values = np.nan_to_num(np.asarray(values, dtype=np.float32), posinf=0.0, neginf=0.0)
    if values.size == 0 or values.ndim == 0 or values.ndim > 3:
        return None
    if values.ndim == 1:
        return _bars(values)
    if values.ndim == 2:
        values = values[:, None, :]
    channels, height, width = values.shape
    zoom, step = scale(height, width, SIDE)
    shown_width = max(1, width * zoom // step)
    count = max(1, min(MOST_MAPS, channels, (LONGEST + GAP) // (shown_width + GAP)))
    strongest = np.argsort(-values.reshape(channels, -1).max(axis=1), kind="stable")[:count]
    maps = shrunk(values[np.sort(strongest)], step)
    low, high = float(maps.min()), float(maps.max())
    shares = (maps - low) / max(high - low, 1e-12)
    rows = max(zoom, -(-LOWEST // maps.shape[1]))  # a series is one row high
    tiles = SEQUENTIAL[np.rint(shares * 255).astype(np.uint8)].repeat(rows, axis=1).repeat(zoom, axis=2)
    return _side_by_side(tiles)


def picture_thumbnail(image: Bytes) -> Bytes:
    """A picture (H, W, 3) at the size of a thumbnail."""
    zoom, step = scale(image.shape[0], image.shape[1], SIDE)
    small = shrunk(image.transpose(2, 0, 1).astype(np.float32), step).transpose(1, 2, 0)
    pixels: Bytes = np.rint(small).astype(np.uint8)
    return pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)


def scale(height: int, width: int, side: int) -> tuple[int, int]:
    """Whole factors of enlargement and of shrinking that bring a picture to at most `side` pixels."""
    longest = max(height, width)
    return max(1, side // longest), max(1, -(-longest // side))


def shrunk(maps: NDArray[Any], step: int) -> NDArray[Any]:
    """Maps (K, H, W) with each block of `step`×`step` pixels as its mean; what is left over at the ends is cut off."""
    if step == 1:
        return maps
    count, height, width = maps.shape
    high, wide = min(step, height), min(step, width)
    rows, columns = height // high, width // wide
    blocks = maps[:, : rows * high, : columns * wide].reshape(count, rows, high, columns, wide)
    means: NDArray[Any] = blocks.mean(axis=(2, 4), dtype=np.float32)
    return means


def _side_by_side(tiles: Bytes) -> Bytes:
    count, height, width, _ = tiles.shape
    picture = np.empty((height, count * (width + GAP) - GAP, 3), np.uint8)
    picture[:] = PAPER
    for number, tile in enumerate(tiles):
        picture[:, number * (width + GAP) : number * (width + GAP) + width] = tile
    return picture


def _bars(values: NDArray[Any]) -> Bytes:
    """One bar for each number, from zero up or down; of a long vector, the strongest of neighbours together."""
    step = -(-len(values) // MOST_BARS)
    padded = np.pad(values, (0, -len(values) % step)).reshape(-1, step)
    heights = padded[np.arange(len(padded)), np.abs(padded).argmax(axis=1)]
    top, bottom = max(float(heights.max()), 0.0), min(float(heights.min()), 0.0)
    span = max(top - bottom, 1e-12)
    wide = max(1, min(12, (LONGEST - 2) // len(heights) - 1))
    picture = np.empty((SIDE - 8, len(heights) * (wide + 1) + 1, 3), np.uint8)
    picture[:] = LOW
    rows = len(picture) - 2
    zero = 1 + round(top / span * (rows - 1))
    for number, height in enumerate(heights):
        end = zero - round(float(height) / span * (rows - 1))
        left = 1 + number * (wide + 1)
        picture[min(zero, end) : max(zero, end) + 1, left : left + wide] = BAR
    return picture

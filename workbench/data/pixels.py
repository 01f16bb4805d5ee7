"""Samples as pictures for people: any array of 1 or 3 channels as bytes in red, green and blue."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_rgb(array: NDArray[Any]) -> NDArray[np.uint8] | None:
    """A sample (C, H, W), bytes or numbers between 0 and 1, as (H, W, 3) bytes; None if it is no picture."""
    if array.ndim != 3 or array.shape[0] not in (1, 3):
        return None
    pixels = array if array.dtype == np.uint8 else np.clip(array * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(pixels.transpose(1, 2, 0), (*pixels.shape[1:], 3)))

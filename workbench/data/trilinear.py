"""Brings volumes to a size: linear between their voxels, and means of them where a side gets shorter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.core.values import Shape
from workbench.data.spec import Array

Floats = NDArray[np.float32]


def trilinear(volume: Array, sides: Shape) -> Floats:
    """Returns a volume at other sides, one axis after the other.

    Args:
        volume: (C, D, H, W) of numbers.
        sides: depth, height and width that are wanted.
    """
    made: Floats = np.asarray(volume, np.float32)
    for axis, side in sorted(enumerate(sides, 1), key=lambda each: each[1] / volume.shape[each[0]]):
        if made.shape[axis] != side:  # what gets shorter comes first: the others have less to do then
            made = np.moveaxis(np.tensordot(weights(made.shape[axis], side), made, (1, axis)), 0, axis)
    return np.ascontiguousarray(made)


def weights(before: int, after: int) -> Floats:
    """Returns by how much each of the old places on an axis counts at each of the new ones, (after, before).

    Places are middles of voxels, as Pillow's bilinear resampling has them: a triangle that is as wide as the voxels
    before, or as those after where these are larger, so that nothing is passed over.
    """
    step = before / after
    middles = (np.arange(after) + 0.5) * step - 0.5
    width = max(1.0, step)
    shares = np.maximum(0.0, 1 - np.abs(np.arange(before)[None] - middles[:, None]) / width)
    made: Floats = (shares / shares.sum(1, keepdims=True)).astype(np.float32)
    return made

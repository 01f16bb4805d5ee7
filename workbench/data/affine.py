"""Where each pixel of augmented pictures comes from: affine maps that geometric augmentations are put together of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AffineMap:
    """For each sample the map from a place in the output to one in the input, both in pixels from the middle.

    What is added comes nearer to the output, so that the picture meets the changes in the order in which they are
    added; shifts are added up and are of the input. Arithmetic is that of single numbers and not of matrices, where it
    can be, since runs that were begun with it go on to the bit.

    Attributes:
        matrix: (samples, 2, 2), from (x, y) to (x, y).
        offset: (samples, 2), as (x, y).
        shares: what comes to the offset as shares of the picture's width and height, (samples, 2).
    """

    matrix: Floats
    offset: Floats
    shares: Floats | float = 0.0

    @classmethod
    def still(cls, samples: int) -> AffineMap:
        """Returns the map that leaves all places as they are."""
        matrix = np.zeros((samples, 2, 2))
        matrix[:, 0, 0] = matrix[:, 1, 1] = 1.0
        return cls(matrix, np.zeros((samples, 2)))

    def turned(self, angles: Floats) -> AffineMap:
        """Returns the map with a rotation by angles in radians, (samples,)."""
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        x, y = self.matrix[:, :, 0], self.matrix[:, :, 1]
        matrix = np.empty_like(self.matrix)
        matrix[:, :, 0] = x * cos + y * sin
        matrix[:, :, 1] = y * cos - x * sin
        return replace(self, matrix=matrix)

    def linear(self, matrix: Floats) -> AffineMap:
        """Returns the map with any linear map from output to input, (samples, 2, 2) in pixels as (x, y)."""
        return replace(self, matrix=self.matrix @ matrix)

    def enlarged(self, sizes: Floats) -> AffineMap:
        """Returns the map with pictures that are so many times as large, (samples,)."""
        return replace(self, matrix=self.matrix / sizes[:, None, None])

    def mirrored(self, which: NDArray[np.bool_]) -> AffineMap:
        """Returns the map with left and right exchanged in some samples, (samples,)."""
        matrix = self.matrix.copy()
        matrix[which, :, 0] *= -1.0
        return replace(self, matrix=matrix)

    def shifted(self, x: Floats, y: Floats) -> AffineMap:
        """Returns the map with places so many pixels further right and down in the input, (samples,) each."""
        offset = self.offset.copy()
        offset[:, 0] += x
        offset[:, 1] += y
        return replace(self, offset=offset)

    def shifted_by_shares(self, x: Floats, y: Floats) -> AffineMap:
        """Returns the map with places further right and down in the input by shares of its width and height."""
        return replace(self, shares=self.shares + np.stack([x, y], 1))

    def normalised(self, height: int, width: int) -> NDArray[np.float32]:
        """Returns the maps in torch's coordinates, -1 to 1 along each axis of a picture: (samples, 2, 3)."""
        theta = np.empty((len(self.matrix), 2, 3), dtype=np.float32)
        theta[:, 0, 0] = self.matrix[:, 0, 0]
        theta[:, 0, 1] = self.matrix[:, 0, 1] * height / width
        theta[:, 0, 2] = self.offset[:, 0] * 2 / width
        theta[:, 1, 0] = self.matrix[:, 1, 0] * width / height
        theta[:, 1, 1] = self.matrix[:, 1, 1]
        theta[:, 1, 2] = self.offset[:, 1] * 2 / height
        theta[:, :, 2] += 2 * np.asarray(self.shares)
        return theta

"""Random shear."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class Shear(Geometric):
    """Slants each picture to the side by a random angle."""

    order: ClassVar[int] = 15

    shear: float = Field(0.0, title="Shear (degrees)", ge=0, le=60, description="Largest slant, in degrees")

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        import numpy as np

        matrix = np.zeros((len(draws), 2, 2))
        matrix[:, 0, 0] = matrix[:, 1, 1] = 1.0
        matrix[:, 0, 1] = np.tan(math.radians(self.shear) * (2 * draws[:, 0] - 1))
        return where.linear(matrix)

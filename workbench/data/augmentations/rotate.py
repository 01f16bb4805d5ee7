"""Random rotation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class Rotate(Geometric):
    """Turns each picture by a random angle."""

    order: ClassVar[int] = 10
    shared_draws: ClassVar[tuple[int, ...]] = (0,)

    rotate: float = Field(0.0, title="Rotate (degrees)", ge=0, le=180, description="Largest rotation, in degrees")

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        return where.turned(math.radians(self.rotate) * (2 * draws[:, 0] - 1))

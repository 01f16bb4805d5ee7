"""Random mirroring upside down."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class FlipVertical(Geometric):
    """Mirrors half of the pictures top and bottom, as cells and aerial photographs may be."""

    order: ClassVar[int] = 31

    flip_vertical: bool = Field(False, title="Upside down", description="Mirror top and bottom in half of the cases")

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        import numpy as np

        matrix = np.zeros((len(draws), 2, 2))
        matrix[:, 0, 0] = 1.0
        matrix[:, 1, 1] = np.where(draws[:, 0] < 0.5, -1.0, 1.0)
        return where.linear(matrix)

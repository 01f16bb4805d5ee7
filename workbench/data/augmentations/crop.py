"""Random resized crop."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats

NARROWEST = 3 / 4  # width by height of a part, and its inverse


@augmentation
class RandomCrop(Geometric):
    """Brings a random part of each picture to the whole size (random resized crop, Szegedy et al. 2015)."""

    order: ClassVar[int] = 25
    draws: ClassVar[int] = 4

    crop: float = Field(
        0.0, title="Resized crop (share)", ge=0, le=0.95,
        description="Largest share of the area that is cut away; 0.92 is usual for photographs of things",
    )  # fmt: skip

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        import numpy as np

        area, ratio = 1 - self.crop * draws[:, 0], NARROWEST ** (2 * draws[:, 1] - 1)
        sides = np.minimum(1, np.sqrt(np.stack([area * ratio, area / ratio], 1)))
        matrix = sides[:, :, None] * np.eye(2)
        shares = (draws[:, 2:] - 0.5) * (1 - sides)
        return where.linear(matrix).shifted_by_shares(shares[:, 0], shares[:, 1])

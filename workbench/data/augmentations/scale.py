"""Random change of size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class RandomScale(Geometric):
    """Enlarges or shrinks each picture by a random share."""

    order: ClassVar[int] = 20
    shared_draws: ClassVar[tuple[int, ...]] = (1,)

    scale: float = Field(
        0.0, title="Change of size (share)", ge=0, lt=1, description="Largest change of size, as a share: 0.1 is ±10 %"
    )

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        return where.enlarged(1 + self.scale * (2 * draws[:, 0] - 1))

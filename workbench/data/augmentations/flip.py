"""Random mirroring."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class Flip(Geometric):
    """Mirrors half of the pictures left and right."""

    order: ClassVar[int] = 30
    shared_draws: ClassVar[tuple[int, ...]] = (4,)

    flip: bool = Field(False, title="Mirror", description="Mirror left and right in half of the cases")

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        return where.mirrored(draws[:, 0] < 0.5)

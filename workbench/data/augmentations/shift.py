"""Random shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class Shift(Geometric):
    """Moves each picture by random distances along both axes."""

    order: ClassVar[int] = 40
    draws: ClassVar[int] = 2
    shared_draws: ClassVar[tuple[int, ...]] = (2, 3)

    shift: float = Field(
        0.0, title="Shift (pixels)", ge=0, le=1024, description="Largest shift along each axis, in pixels"
    )

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        sides = 2 * draws - 1  # (samples, 2) in [-1, 1)
        return where.shifted(self.shift * sides[:, 0], self.shift * sides[:, 1])

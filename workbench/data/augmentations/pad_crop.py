"""Random crop of a padded picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Geometric, augmentation

if TYPE_CHECKING:
    from workbench.data.affine import AffineMap, Floats


@augmentation
class PadCrop(Geometric):
    """Moves each picture by whole pixels, as if cut from a copy with a border (pad and crop, He et al. 2016).

    The border repeats the pixels at the edge; nothing is interpolated.
    """

    order: ClassVar[int] = 41
    draws: ClassVar[int] = 2

    pad_crop: int = Field(
        0, title="Pad and crop (pixels)", ge=0, le=1024, description="Width of the border; 4 is usual at 32 pixels"
    )

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        import numpy as np

        steps = np.floor(draws * (2 * self.pad_crop + 1)) - self.pad_crop
        return where.shifted(steps[:, 0], steps[:, 1])

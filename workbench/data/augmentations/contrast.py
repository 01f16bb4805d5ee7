"""Random contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Contrast(Photometric):
    """Moves the values of each picture away from its mean, or towards it, by a random factor."""

    contrast: float = Field(
        0.0, title="Contrast (share)", ge=0, le=1, description="Largest change of contrast: 0.2 is ±20 %"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        factors = 1 + self.contrast * (2 * draws[:, 0] - 1)
        mean = pictures.mean((1, 2, 3), keepdim=True)
        return mean + (pictures - mean) * factors[:, None, None, None]

"""Random brightness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Brightness(Photometric):
    """Multiplies all values of each picture by a random factor."""

    brightness: float = Field(
        0.0, title="Brightness (share)", ge=0, le=1, description="Largest change of brightness: 0.2 is ±20 %"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        factors = 1 + self.brightness * (2 * draws[:, 0] - 1)
        return pictures * factors[:, None, None, None]

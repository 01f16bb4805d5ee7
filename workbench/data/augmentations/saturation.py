"""Random saturation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.grey import luma
from workbench.data.augmentations.spec import COLOURS, Chromatic, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Saturation(Chromatic):
    """Makes the colours of each picture stronger or fainter by a random factor; grey pictures stay as they are."""

    saturation: float = Field(
        0.0, title="Saturation (share)", ge=0, le=1, description="Largest change of saturation: 0.2 is ±20 %"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        if pictures.shape[1] != COLOURS:
            return pictures
        factors = 1 + self.saturation * (2 * draws[:, 0] - 1)
        grey = luma(pictures)
        return grey + (pictures - grey) * factors[:, None, None, None]

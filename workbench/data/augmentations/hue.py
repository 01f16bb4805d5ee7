"""Random hue."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import COLOURS, Chromatic, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Hue(Chromatic):
    """Turns the colours of each picture round the grey axis by a random angle; grey pictures stay as they are."""

    hue: float = Field(0.0, title="Hue (degrees)", ge=0, le=180, description="Largest turn of the colours, in degrees")

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        if pictures.shape[1] != COLOURS:
            return pictures
        angles = math.radians(self.hue) * (2 * draws[:, 0] - 1)
        cos, sin = angles.cos()[:, None, None, None], angles.sin()[:, None, None, None]
        # Rodrigues' formula for the axis (1, 1, 1) / sqrt(3).
        grey = pictures.mean(1, keepdim=True)
        across = (pictures.roll(1, 1) - pictures.roll(-1, 1)) / math.sqrt(3)
        return grey + (pictures - grey) * cos + across * sin

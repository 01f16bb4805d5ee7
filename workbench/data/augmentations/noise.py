"""Random noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation
from workbench.data.normal_draws import normal_like

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Noise(Photometric):
    """Adds Gaussian noise of its own to every pixel of each picture."""

    noise: float = Field(
        0.0, title="Noise (share of white)", ge=0, le=1, description="Standard deviation of the noise, 1 is white"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        return pictures + self.noise * normal_like(pictures, draws[:, 0])

"""Random noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Noise(Photometric):
    """Adds Gaussian noise of its own to every pixel of each picture."""

    noise: float = Field(
        0.0, title="Noise (share of white)", ge=0, le=1, description="Standard deviation of the noise, 1 is white"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        import numpy as np
        import torch

        count = pictures[0].numel()
        keys = (draws[:, 0].double() * 2**53).long().tolist()
        found = [np.random.Generator(np.random.PCG64(key)).standard_normal(count, np.float32) for key in keys]
        noise = torch.from_numpy(np.stack(found)).reshape(pictures.shape).to(pictures)
        return pictures + self.noise * noise

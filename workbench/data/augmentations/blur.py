"""Random blur."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Blur(Photometric):
    """Blurs each picture with a Gaussian of random width."""

    blur: float = Field(0.0, title="Blur (pixels)", ge=0, le=10, description="Largest standard deviation, in pixels")

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        import torch
        from torch.nn import functional as F

        count, channels, *sizes = pictures.shape
        radius = min(math.ceil(3 * self.blur), *(size - 1 for size in sizes))
        if radius < 1:
            return pictures
        places = torch.arange(-radius, radius + 1, dtype=pictures.dtype, device=pictures.device)
        widths = (self.blur * draws[:, 0]).clamp(min=1e-3)
        kernels = torch.exp(-0.5 * (places / widths[:, None]) ** 2)
        kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(channels, 0)
        x = F.pad(pictures, (radius,) * 4, mode="reflect").reshape(
            1, count * channels, *(size + 2 * radius for size in sizes)
        )
        x = F.conv2d(x, kernels[:, None, :, None], groups=count * channels)
        x = F.conv2d(x, kernels[:, None, None, :], groups=count * channels)
        return x.reshape(pictures.shape)

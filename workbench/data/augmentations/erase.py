"""Random erasing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor

SMALLEST, LARGEST = 0.02, 0.33  # of the picture's area (Zhong et al. 2020)
FLATTEST = 0.3  # height by width, and its inverse


@augmentation
class Erase(Photometric):
    """Fills a random rectangle of a share of the pictures with their mean (random erasing, Zhong et al. 2020)."""

    order: ClassVar[int] = 200
    draws: ClassVar[int] = 5

    erase: float = Field(0.0, title="Erase (share)", ge=0, le=1, description="Share of the pictures that lose a part")

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        import torch

        height, width = pictures.shape[2:]
        area = height * width * (SMALLEST + (LARGEST - SMALLEST) * draws[:, 1])
        form = FLATTEST ** (2 * draws[:, 2] - 1)
        tall, wide = (area * form).sqrt().clamp(1, height), (area / form).sqrt().clamp(1, width)
        top, left = draws[:, 3] * (height - tall), draws[:, 4] * (width - wide)
        rows = torch.arange(height, device=pictures.device)[None, :] + 0.5
        columns = torch.arange(width, device=pictures.device)[None, :] + 0.5
        in_rows = (rows >= top[:, None]) & (rows < (top + tall)[:, None])
        in_columns = (columns >= left[:, None]) & (columns < (left + wide)[:, None])
        inside = in_rows[:, :, None] & in_columns[:, None, :] & (draws[:, 0] < self.erase)[:, None, None]
        return pictures.mean((2, 3), keepdim=True).expand_as(pictures).where(inside[:, None], pictures)

"""Random loss of colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import COLOURS, Chromatic, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Grey(Chromatic):
    """Takes the colour out of a share of the pictures, which keep their three channels."""

    grey: float = Field(
        0.0, title="Grey (share)", ge=0, le=1, description="Share of the pictures that lose their colour"
    )

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        if pictures.shape[1] != COLOURS:
            return pictures
        chosen = (draws[:, 0] < self.grey)[:, None, None, None]
        return luma(pictures).expand_as(pictures).where(chosen, pictures)


def luma(pictures: Tensor) -> Tensor:
    """Returns the grey level of colours (N, 3, H, W) as (N, 1, H, W), with the weights of ITU-R BT.601."""
    weights = pictures.new_tensor((0.299, 0.587, 0.114))
    return (pictures * weights[:, None, None]).sum(1, keepdim=True)

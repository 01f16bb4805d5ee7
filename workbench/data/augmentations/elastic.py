"""Random elastic deformation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Warp, augmentation

if TYPE_CHECKING:
    from torch import Tensor

POINTS = 3  # along each side, that are moved


@augmentation
class Elastic(Warp):
    """Moves nine points of each picture at random; what is between follows smoothly (Ronneberger et al. 2015)."""

    order: ClassVar[int] = 20
    draws: ClassVar[int] = 2 * POINTS**2

    elastic: float = Field(
        0.0, title="Elastic (pixels)", ge=0, le=100,
        description="Standard deviation of how far points move; 10 is usual at 512 pixels",
    )  # fmt: skip

    def bent(self, grid: Tensor, draws: Tensor) -> Tensor:
        import torch
        from torch.nn import functional as F

        height, width = grid.shape[1:3]
        normal = torch.special.ndtri(draws.double().clamp(1e-6, 1 - 1e-6)).to(grid.dtype)
        moves = F.interpolate(
            normal.reshape(-1, 2, POINTS, POINTS), size=(height, width), mode="bicubic", align_corners=True
        )
        pixels = grid.new_tensor([2 / width, 2 / height])
        return grid + self.elastic * pixels * moves.permute(0, 2, 3, 1)

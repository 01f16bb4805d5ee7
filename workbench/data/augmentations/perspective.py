"""Random perspective."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Warp, augmentation

if TYPE_CHECKING:
    from torch import Tensor

CORNERS = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))  # of a picture, x and y


@augmentation
class Perspective(Warp):
    """Shows each picture as if seen from the side: every corner moves towards the middle by a random share.

    Each picture gets the projective map (8 numbers) that takes its corners to their new places.
    """

    order: ClassVar[int] = 10
    draws: ClassVar[int] = 8

    perspective: float = Field(
        0.0, title="Perspective (share)", ge=0, le=0.9,
        description="How far corners move at most, as a share of half the picture; 0.5 is strong",
    )  # fmt: skip

    def bent(self, grid: Tensor, draws: Tensor) -> Tensor:
        import torch

        corners = draws.new_tensor(CORNERS, dtype=torch.float64)
        moved = corners * (1 - self.perspective * draws.double().reshape(-1, 4, 2))
        x, y = moved.unbind(-1)  # where a corner is seen …
        u, v = corners.expand_as(moved).unbind(-1)  # … and where its pixel comes from
        one, none = torch.ones_like(x), torch.zeros_like(x)
        for_u = torch.stack([x, y, one, none, none, none, -u * x, -u * y], -1)
        for_v = torch.stack([none, none, none, x, y, one, -v * x, -v * y], -1)
        numbers = torch.linalg.solve(torch.cat([for_u, for_v], 1), torch.cat([u, v], 1))
        matrix = torch.cat([numbers, torch.ones_like(numbers[:, :1])], 1).reshape(-1, 3, 3).to(grid.dtype)
        places = torch.cat([grid, torch.ones_like(grid[..., :1])], -1).flatten(1, 2) @ matrix.transpose(1, 2)
        return (places[..., :2] / places[..., 2:]).reshape(grid.shape)

"""Parts of one picture in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Mixing, augmentation
from workbench.data.beta_draws import beta_draws

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Cutmix(Mixing):
    """Puts a rectangle of another training picture into each one; classes count by area (Yun et al. 2019)."""

    order: ClassVar[int] = 110
    draws: ClassVar[int] = 3

    cutmix: float = Field(
        0.0, title="Cutmix (alpha)", ge=0, le=10,
        description="How much of another picture: areas are of Beta(alpha, alpha); 1 is usual",
    )  # fmt: skip

    def mixed(self, pictures: Tensor, others: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
        import torch

        height, width = pictures.shape[2:]
        side = (1 - beta_draws(draws[:, 0], self.cutmix).to(pictures)).sqrt()
        inside = None
        for axis, size in ((1, height), (2, width)):
            middle = draws[:, axis].to(pictures) * size
            places = torch.arange(size, device=pictures.device) + 0.5
            covered = (places[None] - middle[:, None]).abs() < (side * size / 2)[:, None]
            inside = covered[:, :, None] if inside is None else inside & covered[:, None, :]
        assert inside is not None
        kept = 1 - inside.flatten(1).to(pictures.dtype).mean(1)
        return torch.where(inside[:, None], others, pictures), kept

"""Mixtures of two pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Mixing, augmentation
from workbench.data.beta_draws import beta_draws

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Mixup(Mixing):
    """Lays another training picture over each one, and mixes their classes likewise (Zhang et al. 2018)."""

    draws: ClassVar[int] = 1

    mixup: float = Field(
        0.0, title="Mixup (alpha)", ge=0, le=10,
        description="How much of another picture: shares are of Beta(alpha, alpha); 0.2 is little, 1 evenly any share",
    )  # fmt: skip

    def mixed(self, pictures: Tensor, others: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
        kept = beta_draws(draws[:, 0], self.mixup).to(pictures)
        share = kept[:, None, None, None]
        return share * pictures + (1 - share) * others, kept

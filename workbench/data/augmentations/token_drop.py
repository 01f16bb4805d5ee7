"""Random loss of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Verbal, augmentation
from workbench.data.keyed_draws import generators

if TYPE_CHECKING:
    from torch import Tensor

UNKNOWN = 1  # the number of what is not known, as `data.tokens` counts


@augmentation
class TokenDrop(Verbal):
    """Makes words (or characters) of each text unknown ones at random (word dropout, Iyyer et al. 2015)."""

    token_drop: float = Field(
        0.0, title="Lost words (share)", ge=0, lt=1, description="Share of the words that are not known any more"
    )

    def changed(self, tokens: Tensor, draws: Tensor) -> Tensor:
        import numpy as np
        import torch

        lost = np.stack([each.random(tokens.shape[1]) for each in generators(draws[:, 0])])
        is_lost = torch.from_numpy(lost < self.token_drop).to(tokens.device)
        return tokens.masked_fill(is_lost & (tokens != 0), UNKNOWN)

"""Numbers of a beta distribution that follow from draws in [0, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def beta_draws(draws: Tensor, alpha: float) -> Tensor:
    """Returns a number of Beta(alpha, alpha) for each draw, (samples,)."""
    import numpy as np
    import torch

    keys = (draws.double() * 2**53).long().tolist()
    return torch.tensor([np.random.Generator(np.random.PCG64(key)).beta(alpha, alpha) for key in keys])

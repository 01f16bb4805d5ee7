"""Numbers of a beta distribution that follow from draws in [0, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.keyed_draws import generators

if TYPE_CHECKING:
    from torch import Tensor


def beta_draws(draws: Tensor, alpha: float) -> Tensor:
    """Returns a number of Beta(alpha, alpha) for each draw, (samples,)."""
    import torch

    return torch.tensor([each.beta(alpha, alpha) for each in generators(draws)])

"""Normally distributed numbers for augmentations that need many for each sample: all follow from one draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.keyed_draws import generators

if TYPE_CHECKING:
    from torch import Tensor


def normal_like(samples: Tensor, draws: Tensor) -> Tensor:
    """Returns standard normal numbers of the shape of a batch, (samples, ...), on its device.

    Args:
        samples: the batch.
        draws: one random number in [0, 1) for each sample, (samples,).
    """
    import numpy as np
    import torch

    count = samples[0].numel()
    found = [each.standard_normal(count, np.float32) for each in generators(draws)]
    return torch.from_numpy(np.stack(found)).reshape(samples.shape).to(samples)

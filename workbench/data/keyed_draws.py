"""Random generators that follow from draws in [0, 1), for augmentations that need many numbers for each sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import Tensor


def generators(draws: Tensor) -> list[Generator]:
    """Returns a generator for each draw, which is the same for the same draw; (samples,)."""
    import numpy as np

    keys = (draws.double() * 2**53).long().tolist()
    return [np.random.Generator(np.random.PCG64(key)) for key in keys]

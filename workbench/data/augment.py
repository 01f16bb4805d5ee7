"""Random shift, rotation, scale and flip of whole batches, with a draw of its own for every sample.

The draws are a function of (seed, epoch, sample index) alone: batch size, order and a resumed run make no difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from workbench.core.seeds import stream_seed
from workbench.data.config import Augmentation

GOLDEN = 0x9E3779B97F4A7C15


def uniforms(seed: int, epoch: int, indices: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1) for each sample index, as (samples, count).

    A counter-based generator: each number is the SplitMix64 mix (Steele, Lea & Flood 2014) of its place.
    """
    base = np.uint64(stream_seed(seed, "augment", epoch))
    place = indices.astype(np.uint64)[:, None] * np.uint64(count) + np.arange(1, count + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z: NDArray[Any] = place * np.uint64(GOLDEN) + base
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    mixed: NDArray[np.float64] = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return mixed


def affine(settings: Augmentation, draws: NDArray[np.float64], height: int, width: int) -> Tensor:
    """The maps from output to input pixels, in torch's normalised coordinates: (samples, 5 draws) → (samples, 2, 3)."""
    sides = 2 * draws - 1  # (samples, 5) in [-1, 1)
    angle = np.radians(settings.rotate) * sides[:, 0]
    size = 1 + settings.scale * sides[:, 1]
    mirror = np.where(draws[:, 4] < 0.5, -1.0, 1.0) if settings.flip else np.ones(len(draws))
    cos, sin = np.cos(angle) / size, np.sin(angle) / size
    theta = np.empty((len(draws), 2, 3), dtype=np.float32)
    theta[:, 0, 0] = cos * mirror
    theta[:, 0, 1] = -sin * height / width
    theta[:, 0, 2] = settings.shift * sides[:, 2] * 2 / width
    theta[:, 1, 0] = sin * mirror * width / height
    theta[:, 1, 1] = cos
    theta[:, 1, 2] = settings.shift * sides[:, 3] * 2 / height
    return torch.from_numpy(theta)


def augment(settings: Augmentation, pictures: list[Tensor], seed: int, epoch: int, indices: Tensor) -> list[Tensor]:
    """Moves the pictures of each sample together.

    Args:
        settings: how far.
        pictures: fields of the batch that are pictures, each (N, C, H, W); bytes come back as floats in 0…1. A mask
            (N, H, W) of class numbers is moved without mixing classes.
        seed: the run's seed.
        epoch: draws differ from epoch to epoch.
        indices: the samples' numbers in the data, (N,).
    """
    draws = uniforms(seed, epoch, indices.cpu().numpy(), 5)
    moved = []
    for picture in pictures:
        is_mask = picture.dim() == 3
        x = picture.unsqueeze(1).float() if is_mask else picture
        x = x.float() / 255 if x.dtype == torch.uint8 else x
        theta = affine(settings, draws, x.shape[-2], x.shape[-1]).to(x.device)
        grid = F.affine_grid(theta, list(x.shape), align_corners=False)
        mode = "nearest" if is_mask else "bilinear"
        x = F.grid_sample(x, grid, mode=mode, padding_mode="border", align_corners=False)
        x = x.contiguous(memory_format=torch.channels_last)
        moved.append(x.squeeze(1).to(picture.dtype) if is_mask else x)
    return moved

"""Random changes of whole batches, with draws of its own for every sample.

The draws are a function of (seed, epoch, sample index) and of the augmentation's name alone: batch size, order, other
augmentations and a resumed run make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from workbench.core.seeds import stream_seed
from workbench.data.affine import AffineMap, Floats
from workbench.data.augmentations.spec import (
    SHARED,
    Augmentation,
    AugmentSettings,
    Geometric,
    Photometric,
    Serial,
    Verbal,
    Warp,
)

GOLDEN = 0x9E3779B97F4A7C15
STREAM = "augment"


def uniforms(stream: int, indices: NDArray[np.int64], count: int) -> Floats:
    """Returns `count` numbers in [0, 1) for each sample index, as (samples, count).

    A counter-based generator: each number is the SplitMix64 mix (Steele, Lea & Flood 2014) of its place.

    Args:
        stream: its seed.
        indices: the samples' numbers in the data, (samples,).
        count: how many numbers each sample has in this stream.
    """
    place = indices.astype(np.uint64)[:, None] * np.uint64(count) + np.arange(1, count + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z: NDArray[Any] = place * np.uint64(GOLDEN) + np.uint64(stream)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    mixed: Floats = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return mixed


def draws_of(*augmentations: type[Augmentation], seed: int, epoch: int, indices: NDArray[np.int64]) -> Iterator[Floats]:
    """Yields the random numbers of each augmentation for some samples, in [0, 1): (samples, its `draws`)."""
    shared: Floats | None = None
    for cls in augmentations:
        if not cls.shared_draws:
            yield uniforms(stream_seed(seed, STREAM, cls.name, epoch), indices, cls.draws)
            continue
        if shared is None:
            shared = uniforms(stream_seed(seed, STREAM, epoch), indices, SHARED)
        yield shared[:, cls.shared_draws]


def augment(settings: AugmentSettings, pictures: list[Tensor], seed: int, epoch: int, indices: Tensor) -> list[Tensor]:
    """Changes the pictures, masks and series of each sample together.

    Args:
        settings: how much of what.
        pictures: fields of the batch that are pictures, each (N, C, H, W); bytes come back as floats in 0…1. A mask
            (N, H, W) of class numbers is moved without mixing classes; clips and volumes are (N, C, T, H, W), series
            floats (N, C, L), texts numbers (N, L).
        seed: the run's seed.
        epoch: draws differ from epoch to epoch.
        indices: the samples' numbers in the data, (N,).
    """
    numbers, chosen = indices.cpu().numpy(), settings.chosen()
    draws_of_each = draws_of(*map(type, chosen), seed=seed, epoch=epoch, indices=numbers)
    drawn = list(zip(chosen, draws_of_each, strict=True))
    where: AffineMap | None = None
    for each, draws in drawn:
        if isinstance(each, Geometric):
            where = each.moved(where or AffineMap.still(len(numbers)), draws)
    move = _Movement(where, tuple((each, torch.from_numpy(draws)) for each, draws in drawn if isinstance(each, Warp)))
    lights = [(each, torch.from_numpy(draws)) for each, draws in drawn if isinstance(each, Photometric)]
    series = [(each, torch.from_numpy(draws)) for each, draws in drawn if isinstance(each, Serial)]
    texts = [(each, torch.from_numpy(draws)) for each, draws in drawn if isinstance(each, Verbal)]
    return [
        _changed_in_turn(field, texts) if field.dim() == 2 else _changed(field, move, lights, series)
        for field in pictures
    ]


@dataclass(frozen=True)
class _Movement:
    """Where the pixels of each sample come from: an affine map, or None, behind maps of any form with their draws."""

    where: AffineMap | None
    warps: tuple[tuple[Warp, Tensor], ...]

    @property
    def is_still(self) -> bool:
        return self.where is None and not self.warps

    def grid(self, like: Tensor) -> Tensor:
        """Where each pixel of pictures (N, C, H, W) comes from, (N, H, W, 2)."""
        height, width = like.shape[-2:]
        where = self.where or AffineMap.still(len(like))
        theta = torch.from_numpy(where.normalised(height, width)).to(like.device)
        if not self.warps:
            return affine_grid(theta, height, width)
        grid = affine_grid(torch.eye(2, 3, device=like.device).expand(len(like), 2, 3), height, width)
        for warp, draws in self.warps:
            grid = warp.bent(grid, draws.to(grid))
        return (grid.flatten(1, 2) @ theta[:, :, :2].transpose(1, 2) + theta[:, None, :, 2]).reshape(grid.shape)


def _changed(
    samples: Tensor,
    move: _Movement,
    lights: list[tuple[Photometric, Tensor]],
    series: list[tuple[Serial, Tensor]],
) -> Tensor:
    """One field of the samples: pictures (N, C, H, W), clips (N, C, T, H, W), masks (N, H, W) or series (N, C, L)."""
    if samples.dim() == 3:
        return _changed_in_turn(samples, series) if samples.is_floating_point() else _moved_mask(samples, move)
    if samples.dim() == 5:
        return _changed_clips(samples, move, lights)
    is_bytes = samples.dtype == torch.uint8
    x = samples.float() / 255 if is_bytes else samples
    if not move.is_still:
        x = _moved(x, move, "bilinear")
    for each, draws in lights:
        x = each.changed(x, draws.to(x.device, x.dtype))
    if lights and is_bytes:
        x = x.clamp(0.0, 1.0)
    return x.contiguous(memory_format=torch.channels_last)


def _changed_clips(clips: Tensor, move: _Movement, lights: list[tuple[Photometric, Tensor]]) -> Tensor:
    """Clips, or volumes, (N, C, T, H, W), of which all frames are changed alike."""
    is_bytes = clips.dtype == torch.uint8
    x = clips.float() / 255 if is_bytes else clips
    count, channels, frames, *sides = x.shape
    if not move.is_still:
        x = _moved(x.reshape(count, channels * frames, *sides), move, "bilinear").reshape(x.shape)
    for each, draws in lights:
        single = x.transpose(1, 2).reshape(count * frames, channels, *sides)
        single = each.changed(single, draws.to(x.device, x.dtype).repeat_interleave(frames, 0))
        x = single.reshape(count, frames, channels, *sides).transpose(1, 2)
    return (x.clamp(0.0, 1.0) if lights and is_bytes else x).contiguous()


def _changed_in_turn(x: Tensor, changes: Sequence[tuple[Serial | Verbal, Tensor]]) -> Tensor:
    """Series (N, C, L), or texts (N, L), with all changes."""
    for each, draws in changes:
        x = each.changed(x, draws.to(x.device, x.dtype if x.is_floating_point() else draws.dtype))
    return x


def _moved_mask(mask: Tensor, move: _Movement) -> Tensor:
    if move.is_still:
        return mask
    return _moved(mask.unsqueeze(1).float(), move, "nearest").squeeze(1).to(mask.dtype)


def _moved(x: Tensor, move: _Movement, mode: str) -> Tensor:
    return F.grid_sample(x, move.grid(x), mode=mode, padding_mode="border", align_corners=False)


def affine_grid(theta: Tensor, height: int, width: int) -> Tensor:
    """Returns where each pixel of a picture is taken from, as torch's `affine_grid` does.

    It adds what rows and columns give, where torch multiplies a matrix for each pixel, and takes an eighth of the time.

    Args:
        theta: of each sample, (N, 2, 3).
        height: of the pictures, in pixels.
        width: of the pictures, in pixels.

    Returns:
        x and y of each pixel, (N, height, width, 2), from -1 to 1 over the picture, corners of pixels at its edges.
    """
    x, y = (_middles(size, theta) for size in (width, height))
    grid = theta.new_empty(len(theta), height, width, 2)
    for axis in (0, 1):
        along_x, along_y, shift = theta[:, axis].unsqueeze(-1).unbind(1)
        torch.add((along_y * y + shift).unsqueeze(2), (along_x * x).unsqueeze(1), out=grid[..., axis])
    return grid


def _middles(size: int, like: Tensor) -> Tensor:
    """Where the pixels of one axis have their middles, from -1 to 1 over all of it."""
    places = torch.arange(size, dtype=like.dtype, device=like.device)
    return (2 * places + 1) / size - 1

"""Samples that are mixed with others of the training part: pictures and, likewise, their classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from workbench.core.seeds import stream_seed
from workbench.data.augment import STREAM, draws_of, uniforms
from workbench.data.augmentations.spec import Mixing


def partners(seed: int, epoch: int, indices: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Returns for each sample the number of the one that it is mixed with; any of the part, alike."""
    drawn = uniforms(stream_seed(seed, STREAM, "partner", epoch), indices, 1)[:, 0]
    return np.asarray((drawn * size).astype(np.int64))


def mix(
    chosen: list[Mixing],
    fields: Mapping[str, Tensor],
    others: Mapping[str, Tensor],
    classes: Mapping[str, int],
    draws: tuple[int, int, NDArray[np.int64]],
) -> dict[str, Tensor]:
    """Mixes samples with others; where several ways are on, each sample is mixed in one of them.

    Args:
        chosen: the ways that are on.
        fields: the pictures of the samples, floats (N, C, H, W), and their classes, (N,).
        others: the same of those that they are mixed with.
        classes: of each field of classes, how many there are.
        draws: seed, epoch and numbers of the samples.

    Returns:
        The pictures, and for each field of classes the shares of all classes, floats (N, classes).
    """
    seed, epoch, indices = draws
    way = (uniforms(stream_seed(seed, STREAM, "way", epoch), indices, 1)[:, 0] * len(chosen)).astype(int)
    pictures = [name for name in fields if name not in classes]
    made = {name: fields[name].clone() for name in pictures}
    kept = torch.ones(len(indices))
    numbers = draws_of(*map(type, chosen), seed=seed, epoch=epoch, indices=indices)
    for number, (each, drawn) in enumerate(zip(chosen, numbers, strict=True)):
        which = torch.from_numpy(way == number)
        if not which.any():
            continue
        for name in pictures:
            found, share = each.mixed(fields[name][which], others[name][which], torch.from_numpy(drawn)[which])
            made[name][which] = found
            kept[which] = share.float().cpu()
    for name, count in classes.items():
        one, two = (F.one_hot(part[name], count).float() for part in (fields, others))
        share = kept[:, None].to(one)
        made[name] = share * one + (1 - share) * two
    return made

"""TrivialAugment: one random change of random strength for each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.grey import luma
from workbench.data.augmentations.spec import Geometric, Photometric, augmentation

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.data.affine import AffineMap, Floats

MOVES = ("shear x", "shear y", "shift x", "shift y", "rotate")
LIGHTS = ("brightness", "saturation", "contrast", "sharpness", "posterize", "solarize", "autocontrast", "equalize")
CHANGES = ("nothing", *MOVES, *LIGHTS)
SHEAR, SHIFT, DEGREES, LIGHT = 0.99, 32 / 224, 135.0, 0.99  # the wide ranges; shifts as shares of the picture
FEWEST_BITS = 2


@augmentation
class Trivial(Geometric, Photometric):
    """Changes each picture in one of fourteen ways, by a random strength (Müller and Hutter 2021).

    The ranges are those that the paper calls wide. Shifts are shares of the picture's size, 32 of 224 pixels at most.
    """

    heading: ClassVar[str] = "Geometry"
    order: ClassVar[int] = 5
    draws: ClassVar[int] = 3  # which change, how strong, in which direction

    trivial: bool = Field(
        False,
        title="TrivialAugment",
        description="One change of each picture, drawn from fourteen, by a random strength",
    )

    def moved(self, where: AffineMap, draws: Floats) -> AffineMap:
        import numpy as np

        change = np.floor(draws[:, 0] * len(CHANGES)).astype(int)
        strength = np.where(draws[:, 2] < 0.5, -1.0, 1.0) * draws[:, 1]

        def of(name: str) -> Floats:
            return np.asarray(strength * (change == CHANGES.index(name)))

        matrix = np.zeros((len(draws), 2, 2))
        matrix[:, 0, 0] = matrix[:, 1, 1] = 1.0
        matrix[:, 0, 1], matrix[:, 1, 0] = SHEAR * of("shear x"), SHEAR * of("shear y")
        turned = where.linear(matrix).turned(np.radians(DEGREES) * of("rotate"))
        return turned.shifted_by_shares(SHIFT * of("shift x"), SHIFT * of("shift y"))

    def changed(self, pictures: Tensor, draws: Tensor) -> Tensor:
        change = (draws[:, 0].double() * len(CHANGES)).long()
        made = pictures
        for name in LIGHTS:
            which = change == CHANGES.index(name)
            if which.any():
                made = made.clone() if made is pictures else made
                strength = draws[which, 1][:, None, None, None]
                sign = (draws[which, 2][:, None, None, None] >= 0.5).to(strength) * 2 - 1
                made[which] = _lit(name, pictures[which], strength, sign)
        return made


def _lit(name: str, x: Tensor, strength: Tensor, sign: Tensor) -> Tensor:
    """One change of light; enhancing ones mix a picture with a poor copy of it, as Pillow's ImageEnhance does."""
    import torch

    factor = 1 + LIGHT * strength * sign
    if name == "brightness":
        return x * factor
    if name == "saturation":
        return _mixed(_grey(x), x, factor)
    if name == "contrast":
        return _mixed(_grey(x).mean((1, 2, 3), keepdim=True), x, factor)
    if name == "sharpness":
        return _mixed(_smooth(x), x, factor)
    if name == "posterize":
        levels = 2 ** (8 - torch.floor((8 - FEWEST_BITS + 1) * strength))
        return torch.floor(x * 255 / (256 / levels)) * (256 / levels) / 255
    if name == "solarize":
        return torch.where(x >= 1 - strength, 1 - x, x)
    if name == "autocontrast":
        low, high = x.amin((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
        return torch.where(high > low, (x - low) / (high - low).clamp(min=1e-6), x)
    return _equalized(x)


def _mixed(poor: Tensor, x: Tensor, factor: Tensor) -> Tensor:
    return (poor + factor * (x - poor)).clamp(0, 1)


def _grey(x: Tensor) -> Tensor:
    return luma(x) if x.shape[1] == 3 else x.mean(1, keepdim=True)


def _smooth(x: Tensor) -> Tensor:
    """Pillow's smoothing filter (5 in the middle of eight ones, by 13); pixels at the edge stay."""
    from torch.nn import functional as F

    if min(x.shape[2:]) < 3:
        return x
    kernel = x.new_ones(3, 3)
    kernel[1, 1] = 5
    made = x.clone()
    inner = F.conv2d(x, (kernel / 13).expand(x.shape[1], 1, 3, 3), groups=x.shape[1])
    made[:, :, 1:-1, 1:-1] = inner
    return made


def _equalized(x: Tensor) -> Tensor:
    """Each channel with levels that are as frequent as one another, as far as that goes (histogram equalisation)."""
    import torch

    levels = (x * 255).round().clamp(0, 255).long().flatten(2)
    counts = torch.zeros(*levels.shape[:2], 256, device=x.device).scatter_add_(
        2, levels, torch.ones_like(levels).float()
    )
    last = counts.flip(2).ne(0).float().argmax(2, keepdim=True)  # steps are shares of all but the brightest level
    step = torch.floor((counts.sum(2, keepdim=True) - counts.gather(2, 255 - last)) / 255)
    before = counts.cumsum(2) - counts
    table = torch.floor((before + torch.floor(step / 2)) / step.clamp(min=1)).clamp(0, 255) / 255
    found = table.gather(2, levels).reshape(x.shape)
    return torch.where((step > 0)[..., None], found.to(x.dtype), x)

"""Makes pictures worse in a known way, so that a network can learn to mend them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.data.pictures import Pixels, as_picture, channels_of

Degradation = Literal["noise", "blur", "grey", "small", "holes"]
HOLES_ACROSS = 8  # a hole is an eighth of the shorter side wide


@dataclass(frozen=True)
class Degrading:
    """One way to make pictures worse.

    Attributes:
        kind: "noise", "blur", "grey", "small" (fewer pixels, brought back to size) or "holes" (black squares).
        sigma: standard deviation of the noise, of 255 levels.
        radius: standard deviation of the blur, in pixels.
        factor: how many times smaller a picture becomes.
        holes: per cent of a picture that the holes take.
    """

    kind: Degradation
    sigma: int
    radius: int
    factor: int
    holes: int

    @property
    def text(self) -> str:
        """What is done to the pictures, as the end of a sentence."""
        return {
            "noise": f"Gaussian noise of standard deviation {self.sigma} (of 255)",
            "blur": f"a Gaussian blur of {self.radius} pixels",
            "grey": "the loss of their colours",
            "small": f"{self.factor} times fewer pixels in each direction, brought back to size",
            "holes": f"black squares over {self.holes} % of them",
        }[self.kind]

    def applied(self, picture: Pixels, random: np.random.Generator) -> Pixels:
        """Returns a worse copy of a picture (C, H, W); of "grey" with one channel."""
        from PIL import Image, ImageFilter

        match self.kind:
            case "noise":
                noisy = picture + random.normal(0.0, self.sigma, picture.shape)
                return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)
            case "blur":
                return channels_of(as_picture(picture).filter(ImageFilter.GaussianBlur(self.radius)))
            case "grey":
                return channels_of(as_picture(picture).convert("L"))
            case "small":
                whole = as_picture(picture)
                size = (max(1, whole.width // self.factor), max(1, whole.height // self.factor))
                small = whole.resize(size, Image.Resampling.BICUBIC)
                return channels_of(small.resize(whole.size, Image.Resampling.BICUBIC))
            case "holes":
                return self._with_holes(picture, random)

    def _with_holes(self, picture: Pixels, random: np.random.Generator) -> Pixels:
        """Covers squares at random places until the share is met."""
        height, width = picture.shape[1:]
        side = max(1, min(height, width) // HOLES_ACROSS)
        covered = np.zeros((height, width), np.bool_)
        while 100 * covered.sum() < self.holes * covered.size:
            y, x = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
            covered[y : y + side, x : x + side] = True
        return np.where(covered, np.uint8(0), picture)

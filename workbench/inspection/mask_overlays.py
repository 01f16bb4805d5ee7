"""Masks over their pictures: the true one, the predicted one, and where the two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.spec import Array, Dataset
from workbench.inspection.portraits import OPACITY, Pixels, mask_colours, masked

PICTURE, TRUE, PREDICTED, DIFFERENCE = "picture", "true mask", "predicted mask", "difference"
MASKS = (PICTURE, TRUE, PREDICTED, DIFFERENCE)
WRONG_COLOUR = (235, 40, 90)  # of pixels where a predicted mask differs from the true one

Classes = NDArray[np.int64]
Colours = tuple[tuple[str, tuple[int, int, int]], ...]


@dataclass(frozen=True)
class Overlay:
    """A picture with a mask over it.

    Attributes:
        picture: (H, W, 3) bytes.
        opaque: the picture with the mask's colours in its place; None where nothing lies over it.
        colours: names of the classes that are seen, with their colours.
        note: what share of the pixels is right, where both masks are known and the predicted one counts; else "".
    """

    picture: Pixels
    opaque: Pixels | None = None
    colours: Colours = ()
    note: str = ""

    def pixels(self, opacity: float = OPACITY) -> Pixels:
        """Returns the picture with the mask over it.

        Args:
            opacity: of the colours, from 0 to 1.
        """
        if self.opaque is None:
            return self.picture
        mixed = self.picture * np.float32(1 - opacity) + self.opaque * np.float32(opacity)
        return np.rint(mixed).astype(np.uint8)


def mask_field(dataset: Dataset) -> str:
    """Returns the field of masks that lie over pictures; "" if there is none."""
    image = dataset.image_field
    sides = dataset.fields[image].shape[1:] if image else ()
    return next((name for name, value in dataset.fields.items() if value.kind == "mask" and value.shape == sides), "")


def overlay(image: Pixels, what: str, true: Array | None, predicted: Classes | None, names: Sequence[str]) -> Overlay:
    """Lays a mask over a picture of its size.

    Args:
        image: (H, W, 3).
        what: one of `MASKS`; what is not known leaves the picture as it is.
        true: class numbers (H, W); those beyond the classes, such as void, do not count.
        predicted: likewise.
        names: of the classes.
    """
    count = max(len(names), 1)
    if what == DIFFERENCE and true is not None and predicted is not None:
        is_wrong = (true >= 0) & (true < count) & (predicted != true)
        opaque = np.where(is_wrong[..., None], np.array(WRONG_COLOUR, np.uint8), image)
        return Overlay(
            image, opaque, (("predicted as something else", WRONG_COLOUR),), rightness(true, predicted, count)
        )
    mask = {TRUE: true, PREDICTED: predicted}.get(what)
    if mask is None:
        return Overlay(image)
    colours = mask_colours(count)
    present = [number for number in np.unique(mask).tolist() if 0 <= number < len(names)]
    legend = tuple((names[number], _rgb(colours[number])) for number in present)
    return Overlay(image, masked(image, mask, len(names), 1.0), legend)


def overlays(image: Pixels, true: Array | None, predicted: Classes, names: Sequence[str]) -> dict[str, Overlay]:
    """Returns a picture with each mask over it, by `MASKS`; without a true one there is the predicted one alone."""
    seen = MASKS if true is not None else (PICTURE, PREDICTED)
    return {what: overlay(image, what, true, predicted, names) for what in seen}


def rightness(true: Array, predicted: Classes, count: int) -> str:
    """Returns what share of the pixels that count is right, as a sentence."""
    known = (true >= 0) & (true < count)
    right = 1 - (known & (predicted != true)).sum() / max(int(known.sum()), 1)
    return f"{right:.1%} of the pixels are right."


def _rgb(colour: Pixels) -> tuple[int, int, int]:
    red, green, blue = map(int, colour)
    return red, green, blue

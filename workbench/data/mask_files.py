"""Mask files: pictures whose pixels are numbers, places in a palette or colours, each of which means a class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError
from workbench.data.pictures import Resize, decoded_picture, placement

if TYPE_CHECKING:
    from PIL import Image

Levels = NDArray[np.int64]
Kind = Literal["grey", "palette", "colour"]

NOTHING = -1  # where no pixel of the file counts
MOST_VALUES = 1000  # different ones in a mask
NEAR = 40  # of 255: how far JPEG moves black and white
LOSSY = ("JPEG", "WEBP")


@dataclass(frozen=True)
class MaskFile:
    """A decoded mask.

    Attributes:
        levels: for each pixel (H, W) its grey level, its place in the palette, or red·65536 + green·256 + blue.
        kind: which of these.
        values: the different levels, in order.
        notes: what a person should know.
    """

    levels: NDArray[Any]
    kind: Kind
    values: Levels
    notes: tuple[str, ...] = ()


def read_mask(path: str | Path) -> MaskFile:
    """Decodes a mask.

    Raises:
        UnreadableError: it is no picture, too large or damaged, or has more than a thousand different values.
    """
    with decoded_picture(path) as picture:
        levels, kind = _levels(path, picture)
        is_lossy = picture.format in LOSSY
    values = _different(levels)
    notes: tuple[str, ...] = ()
    if is_lossy and kind == "grey" and len(values) > 2 and _is_black_and_white(levels):
        levels = np.where(levels < 128, 0, 255).astype(np.uint8)
        values, notes = _different(levels), ("a JPEG of black and white, whose grey levels were cut at 128",)
    if len(values) > MOST_VALUES:
        what = "colours" if kind == "colour" else "grey levels"
        raise UnreadableError(
            path,
            f"the mask has {len(values):,} different {what}, so they cannot be classes. "
            "Save it without loss (PNG) and without smooth edges.",
        )
    return MaskFile(levels, kind, values, notes)


def _levels(path: str | Path, picture: Image.Image) -> tuple[NDArray[Any], Kind]:
    if picture.mode == "P":
        return np.array(picture), "palette"
    if picture.mode == "1":
        return np.array(picture, np.uint8), "grey"
    if picture.mode in ("L", "I", "I;16", "I;16L", "I;16B", "I;16N"):
        levels = np.array(picture)
        if levels.dtype.kind == "i" and levels.min() < 0:
            raise UnreadableError(path, f"the mask has the level {levels.min()}; classes are numbers from 0.")
        return levels, "grey"
    if picture.mode == "F":
        levels = np.array(picture)
        if not (np.isfinite(levels).all() and (levels == np.rint(levels)).all() and levels.min() >= 0):
            raise UnreadableError(path, "the mask has fractions or negative numbers; classes are whole numbers from 0.")
        return levels.astype(np.int64), "grey"
    if picture.mode in ("LA", "La"):
        return np.array(picture.getchannel(0)), "grey"
    colours = np.array(picture.convert("RGB"), np.int32)
    if (colours == colours[..., :1]).all():
        return colours[..., 0].astype(np.uint8), "grey"
    return (colours[..., 0] << 16) | (colours[..., 1] << 8) | colours[..., 2], "colour"


def _different(levels: NDArray[Any]) -> Levels:
    if levels.dtype == np.uint8:
        return np.flatnonzero(np.bincount(levels.ravel(), minlength=256)).astype(np.int64)
    return np.unique(levels).astype(np.int64)


def _is_black_and_white(levels: NDArray[Any]) -> bool:
    """Whether nearly all of it is nearly black or nearly white."""
    counts = np.bincount(levels.ravel(), minlength=256)
    return bool(counts[:NEAR].sum() + counts[-NEAR:].sum() > 0.97 * levels.size)


def fit_levels(levels: NDArray[Any], height: int, width: int, how: Resize, outside: int = NOTHING) -> Levels:
    """Brings the levels of a mask (H, W) to a size as `fit` brings its picture, each pixel that of the nearest one.

    Args:
        levels: whole numbers.
        height: wanted, in pixels.
        width: wanted, in pixels.
        how: as for the picture.
        outside: the level of the border that "pad" puts around.
    """
    if levels.shape == (height, width):
        return levels.astype(np.int64)
    frame = placement((levels.shape[0], levels.shape[1]), (height, width), how)
    left, top, right, bottom = frame.box
    rows = _nearest(top, bottom, frame.height, levels.shape[0])
    columns = _nearest(left, right, frame.width, levels.shape[1])
    made = np.full((height, width), outside, np.int64)
    made[frame.y : frame.y + frame.height, frame.x : frame.x + frame.width] = levels[rows[:, None], columns]
    return made


def _nearest(start: float, end: float, count: int, length: int) -> Levels:
    """For each of `count` pixels the one of `length` that its middle falls on, between two edges."""
    middles = start + (np.arange(count) + 0.5) * ((end - start) / count)
    return np.asarray(np.clip(np.floor(middles), 0, length - 1), np.int64)

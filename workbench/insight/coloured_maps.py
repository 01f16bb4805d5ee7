"""Numbers in the colours of a table, coloured when and where they are shown: a screen may have fewer pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.insight.colours import DIVERGING, SEQUENTIAL

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
SMALLEST_RANGE = np.float32(1e-12)


@dataclass(frozen=True, eq=False)
class ColouredMaps:
    """Maps of numbers and what they look like.

    Attributes:
        values: the numbers, (K, H, W), all of them finite.
        low: the number of the darkest colour, (1, 1, 1) for all maps together or (K, 1, 1).
        high: of the brightest, likewise.
        table: 256 colours, (256, 3).
        is_signed: whether zero is in the middle of the colours.
        is_each: whether every map has a range of its own.
    """

    values: Floats
    low: Floats
    high: Floats
    table: Bytes
    is_signed: bool
    is_each: bool

    @classmethod
    def of(
        cls, values: NDArray[Any], *, signed: bool | None = None, each: bool = False, table: Bytes = DIVERGING
    ) -> ColouredMaps:
        """Finds the range of the colours; what is not finite counts as zero.

        Args:
            values: the numbers, (K, H, W).
            signed: whether zero is in the middle of the colours; None where that is so if one of them is negative.
            each: whether every map has a range of its own.
            table: the colours for signed numbers; others have `SEQUENTIAL`.
        """
        numbers = np.asarray(values, np.float32)
        axes = (1, 2) if each else None
        low, high = numbers.min(axis=axes, keepdims=True), numbers.max(axis=axes, keepdims=True)
        if signed is None:
            signed = bool((low < 0).any()) or bool((values < 0).any() if np.isnan(low).any() else False)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            numbers = np.nan_to_num(numbers, posinf=0.0, neginf=0.0)
            low, high = numbers.min(axis=axes, keepdims=True), numbers.max(axis=axes, keepdims=True)
        if signed:
            most = np.maximum(np.maximum(high, -low), SMALLEST_RANGE)
            return cls(numbers, -most, most, table, is_signed=True, is_each=each)
        return cls(numbers, low, high, SEQUENTIAL, is_signed=False, is_each=each)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the maps in colours, (K, H, W, 3)."""
        count, height, width = self.values.shape
        return count, height, width, 3

    @property
    def range(self) -> tuple[float, float]:
        """The numbers of the darkest and of the brightest colour; NaN where every map has its own."""
        return (float("nan"), float("nan")) if self.is_each else (float(self.low.max()), float(self.high.max()))

    @cached_property
    def tiles(self) -> Bytes:
        """The maps in colours, (K, H, W, 3)."""
        found: Bytes = self.table.take(self._levels(self.values), axis=0)
        return found

    def tile(self, number: int) -> Bytes:
        """Returns one map in colours, (H, W, 3)."""
        part = slice(number, number + 1)
        low, high = (self.low[part], self.high[part]) if self.is_each else (self.low, self.high)
        found: Bytes = replace(self, values=self.values[part], low=low, high=high).tiles[0]
        return found

    def take(self, places: NDArray[np.intp], out: NDArray[np.uint32]) -> None:
        """Writes pixels as 32-bit numbers (blue in the lowest byte).

        Args:
            places: which numbers of all maps are shown, counted through them; what is too large is any of them.
            out: as many pixels.
        """
        colours = packed(self.table)
        if not self.is_each and self.values.size > places.size:  # only what is seen is worth colouring
            np.take(colours, self._levels(self.values.reshape(-1).take(places, mode="clip")), out=out, mode="clip")
        else:
            np.take(colours.take(self._levels(self.values).reshape(-1)), places, out=out, mode="clip")

    def _levels(self, values: Floats) -> NDArray[np.intp]:
        """The places in the table for numbers in the range."""
        low, high = (self.low, self.high) if self.is_each else (self.low[0, 0, 0], self.high[0, 0, 0])
        if self.is_signed:
            shares = values / (2 * high)
            shares += np.float32(0.5)
        else:
            shares = values - low
            shares /= np.maximum(high - low, SMALLEST_RANGE)
        shares *= np.float32(255)
        return np.rint(shares, out=shares).astype(np.intp)


def packed(pixels: Bytes) -> NDArray[np.uint32]:
    """Bytes (..., 3) as one number for each pixel, as Qt's 32-bit images hold it."""
    wide = pixels.astype(np.uint32)
    numbers: NDArray[np.uint32] = np.bitwise_or(wide[..., 0] << 16, wide[..., 1] << 8).astype(np.uint32)
    return np.asarray(numbers | wide[..., 2] | np.uint32(0xFF000000), dtype=np.uint32)

"""A view's picture while its tiles are made a few at a time, those that somebody looks at first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.insight.spec import Bytes, Picture, View, ViewContext, chosen_units


class TileGrower:
    """The tiles of a view by unit, of one node and one sample.

    A tile that is made is never changed, so a picture that was given away may be read while others are made.
    """

    def __init__(self, cls: type[View], context: ViewContext) -> None:
        """Makes nothing yet.

        Args:
            cls: a view whose `by_unit` holds.
            context: node and sample; its `units` as for `View.render`.
        """
        self._cls, self._context = cls, context
        self.units = chosen_units(context, context.activation().shape[1])
        self._note = cls.note(context, self.units)
        self._made: NDArray[np.bool_] = np.zeros(len(self.units), bool)
        self._captions = [str(unit) for unit in self.units]
        self._tiles: Bytes = np.zeros((0, 1, 1, 3), np.uint8)
        self._values: NDArray[Any] = np.zeros((0, 1, 1), np.float32)
        self._range = float("nan"), float("nan")

    @property
    def is_whole(self) -> bool:
        """Whether every tile is made."""
        return bool(self._made.all())

    def missing(self, first: Iterable[int], most: int = 1) -> tuple[int, ...]:
        """Returns the places of tiles to make, so many at the most: those given first, then all others in order."""
        if self.is_whole:
            return ()
        places = dict.fromkeys((*first, *range(len(self.units))))
        there = (number for number in places if 0 <= number < len(self.units) and not self._made[number])
        return tuple(itertools.islice(there, most))

    def make(self, numbers: Sequence[int]) -> None:
        """Makes the tiles at these places, all at once."""
        part = self._cls.render(replace(self._context, units=tuple(self.units[number] for number in numbers)))
        if not len(self._tiles):
            self._tiles = np.zeros((len(self.units), *part.tiles.shape[1:]), part.tiles.dtype)
            self._values = np.zeros((len(self.units), *part.values.shape[1:]), part.values.dtype)
            self._range = part.low, part.high
        self._tiles[list(numbers)], self._values[list(numbers)] = part.tiles, part.values
        for row, number in enumerate(numbers):
            self._captions[number] = part.caption(row)
        self._made[list(numbers)] = True

    def picture(self) -> Picture:
        """Returns what there is by now; at least one tile has to be made."""
        made = None if self.is_whole else self._made.copy()
        return Picture(
            self._tiles, self.units, self._values, *self._range, self._note, tuple(self._captions), made=made
        )

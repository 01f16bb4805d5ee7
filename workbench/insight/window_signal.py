"""Signals on their way down, each in a window of its map: all around it there is nothing to compute."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

Corner = tuple[int, int]


@dataclass(frozen=True)
class WindowSignal:
    """Signals of K units in windows of one size; outside of its window a signal is zero.

    Attributes:
        values: (K, C, h, w); what lies outside of the map counts for nothing.
        corners: for each the row and the column of its window's upper left corner, which may be outside of the map.
        size: height and width of the map.
    """

    values: Tensor
    corners: tuple[Corner, ...]
    size: tuple[int, int]

    def inside(self) -> WindowSignal:
        """Returns the same with windows wholly inside the map, which are no larger."""
        height, width = min(self.values.shape[2], self.size[0]), min(self.values.shape[3], self.size[1])
        corners = tuple((_inside(y, height, self.size[0]), _inside(x, width, self.size[1])) for y, x in self.corners)
        if corners == self.corners:
            return self
        return WindowSignal(_moved(self.values, self.corners, corners, (height, width)), corners, self.size)

    @classmethod
    def whole_map(cls, values: Tensor) -> WindowSignal:
        """Takes signals (K, C, H, W) that fill their maps."""
        return cls(values, ((0, 0),) * len(values), (values.shape[2], values.shape[3]))

    def whole(self) -> Tensor:
        """Returns the signals in their maps, (K, C, H, W)."""
        corners = ((0, 0),) * len(self.corners)
        is_whole = self.corners == corners and self.size == tuple(self.values.shape[2:])
        return self.values if is_whole else _moved(self.values, self.corners, corners, self.size)

    def with_values(self, values: Tensor) -> WindowSignal:
        """Returns other signals in the same windows."""
        return replace(self, values=values)

    def split(self, channels: list[int]) -> list[WindowSignal]:
        """Returns the signals of neighbouring groups of channels."""
        return [self.with_values(part) for part in torch.split(self.values, channels, 1)]

    def cut(self, maps: Tensor) -> Tensor:
        """Returns what one sample's maps (1, C, H, W) hold in each window, all of which are inside."""
        height, width = self.values.shape[2:]
        return torch.stack([maps[0, :, y : y + height, x : x + width] for y, x in self.corners])

    def __add__(self, other: WindowSignal) -> WindowSignal:
        """Adds signals of the same units whose windows may differ, in windows that hold both."""
        if self.corners == other.corners and self.values.shape == other.values.shape:
            return self.with_values(self.values + other.values)
        corners = tuple((min(a[0], b[0]), min(a[1], b[1])) for a, b in zip(self.corners, other.corners, strict=True))
        height, width = (
            max(
                each.corners[k][axis] + each.values.shape[2 + axis] - corner[axis]
                for k, corner in enumerate(corners)
                for each in (self, other)
            )
            for axis in (0, 1)
        )
        sides = min(height, self.size[0]), min(width, self.size[1])
        corners = tuple((_inside(y, sides[0], self.size[0]), _inside(x, sides[1], self.size[1])) for y, x in corners)
        one, two = (_moved(each.values, each.corners, corners, sides) for each in (self, other))
        return WindowSignal(one.add_(two), corners, self.size)


def _inside(start: int, length: int, size: int) -> int:
    """The start nearest to the given one with which a window is inside."""
    return min(max(start, 0), size - length)


def _moved(values: Tensor, before: tuple[Corner, ...], after: tuple[Corner, ...], sides: tuple[int, int]) -> Tensor:
    """What windows at other corners, with sides of their own, hold of signals; zero where there was no window."""
    moved = values.new_zeros(*values.shape[:2], *sides)
    for old, new, y0, x0 in zip(values, moved, before, after, strict=True):
        rows, columns = (_overlap(y0[axis], old.shape[1 + axis], x0[axis], sides[axis]) for axis in (0, 1))
        new[:, rows[1], columns[1]] = old[:, rows[0], columns[0]]
    return moved


def _overlap(one: int, length: int, other: int, other_length: int) -> tuple[slice, slice]:
    """The stretch that two windows have in common, as each of them counts."""
    start = max(one, other)
    end = max(start, min(one + length, other + other_length))
    return slice(start - one, end - one), slice(start - other, end - other)

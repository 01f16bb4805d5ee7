"""Outlined objects in pictures, drawn as masks: polygons, run lengths, or boxes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.mask_files import fit_levels

Polygon = tuple[float, ...]  # x, y, x, y, ...
Runs = NDArray[np.int64]  # lengths, column by column, beginning with what is not the object

SIDES_AT_ONCE = 1024  # of a polygon


@dataclass(frozen=True)
class ObjectOutline:
    """One object of a picture.

    Attributes:
        number: of its class.
        box: left, top, width and height.
        polygons: its outline in pieces; empty where the box is all that is known.
        runs: its outline as run lengths; None where it has polygons.
    """

    number: int
    box: tuple[float, float, float, float]
    polygons: tuple[Polygon, ...] = ()
    runs: Runs | None = None

    @property
    def area(self) -> float:
        """How large it is, in the square of its unit."""
        if self.runs is not None:
            return float(self.runs[1::2].sum())
        if self.polygons:
            return sum(_area(polygon) for polygon in self.polygons)
        return self.box[2] * self.box[3]


def _area(polygon: Polygon) -> float:
    x, y = np.array(polygon[::2]), np.array(polygon[1::2])
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


def drawn(objects: Sequence[ObjectOutline], size: tuple[float, float], height: int, width: int) -> NDArray[np.int64]:
    """Draws objects, the largest first so that the smaller one is on top where they overlap.

    Args:
        objects: of one picture.
        size: height and width that their coordinates are of.
        height: of the mask, in pixels.
        width: of the mask, in pixels.

    Returns:
        For each pixel (height, width) the number of its object's class plus 1, and 0 where there is none.
    """
    down, across = height / size[0], width / size[1]
    mask = np.zeros((height, width), np.int64)
    for each in sorted(objects, key=lambda each: -each.area):
        if each.runs is not None:
            runs = mask_of_runs(each.runs, round(size[0]), round(size[1]))
            mask[fit_levels(runs, height, width, "stretch") == 1] = each.number + 1
        for polygon in each.polygons:
            points = np.array(polygon).reshape(-1, 2) * (across, down)
            mask[inside_polygon(points, height, width)] = each.number + 1
        if each.runs is None and not each.polygons:
            left, top, wide, high = each.box
            rows = slice(max(0, round(top * down)), max(0, round((top + high) * down)))
            columns = slice(max(0, round(left * across)), max(0, round((left + wide) * across)))
            mask[rows, columns] = each.number + 1
    return mask


def inside_polygon(points: NDArray[np.float64], height: int, width: int) -> NDArray[np.bool_]:
    """Returns the pixels (height, width) whose middles are inside a polygon; where it crosses itself, by even and odd.

    Args:
        points: x and y of its corners, (N, 2).
        height: in pixels.
        width: in pixels.
    """
    middles = np.arange(height) + 0.5
    edges = np.zeros((height, width + 1), np.int64)  # how many sides of the polygon lie between a pixel and the last
    following = np.roll(points, -1, 0)
    for start in range(0, len(points), SIDES_AT_ONCE):
        (x, y), (to_x, to_y) = points[start : start + SIDES_AT_ONCE].T, following[start : start + SIDES_AT_ONCE].T
        side, row = np.nonzero((y[:, None] <= middles) != (to_y[:, None] <= middles))
        crossed = x[side] + (middles[row] - y[side]) * (to_x[side] - x[side]) / (to_y[side] - y[side])
        np.add.at(edges, (row, np.clip(np.ceil(crossed - 0.5), 0, width).astype(np.int64)), 1)
    return np.asarray(edges.cumsum(1)[:, :width] % 2 == 1)


def mask_of_runs(runs: Runs, height: int, width: int) -> NDArray[np.bool_]:
    """Returns the pixels (height, width) of run lengths that go down column by column."""
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def compressed_runs(text: str) -> list[int]:
    """Returns the run lengths of COCO's compressed text: six bits a letter, from the third on as differences.

    Raises:
        ValueError: it is no such text.
    """
    runs: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 50:
            raise ValueError(letter)
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            if bits & 16:
                value -= 1 << shift
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    if shift:
        raise ValueError("it ends within a number")
    return runs

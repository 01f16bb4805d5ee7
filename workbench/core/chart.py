"""Charts as pixels, drawn with Pillow alone: axes with round numbers, curves, names of curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.core.errors import SENTENCE, printable

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Points = Sequence[tuple[float, float]]

LEFT, RIGHT, TOP, BOTTOM = 84, 28, 60, 64


@dataclass(frozen=True)
class Sheet:
    """What a chart is drawn on.

    Attributes:
        width: in points.
        height: in points.
        scale: pixels for each point.
        ink: colour of the title.
        faint: colour of the numbers.
        grid: colour of the lines behind the curves.
        paper: colour of the background.
    """

    width: int = 760
    height: int = 460
    scale: int = 2
    ink: str = "#1f2328"
    faint: str = "#6e7781"
    grid: str = "#e4e7ea"
    paper: str = "#ffffff"

    def image(self) -> Image:
        """The empty sheet."""
        from PIL import Image

        return Image.new("RGB", (self.width * self.scale, self.height * self.scale), self.paper)


LIGHT = Sheet()


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers (1, 2, 5 times a power of ten apart) that cover the range from within."""
    span = high - low
    if span <= 0:
        return [low]
    raw = span / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


class Axes:
    """One panel's coordinates and what is drawn in them."""

    def __init__(self, draw: ImageDraw, curves: Sequence[Points], *, is_share: bool, sheet: Sheet = LIGHT) -> None:
        self._draw, self._sheet, self._scale = draw, sheet, sheet.scale
        self._is_share = is_share
        points = [point for curve in curves for point in curve]
        ys = [y for _, y in points] or [0.0, 1.0]
        self._x = (0.0, max([x for x, _ in points] or [1.0]))
        low, high = (min(ys), 1.0) if is_share else (min(0.0, *ys), max(_high(ys), 0.0))
        margin = 0.05 * ((high - low) or 1.0)
        self._y = (low - margin if low < 0 else max(0.0, low - margin), high if is_share else high + margin)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        share_x = (x - self._x[0]) / ((self._x[1] - self._x[0]) or 1.0)
        share_y = (min(y, self._y[1]) - self._y[0]) / ((self._y[1] - self._y[0]) or 1.0)
        across = LEFT + share_x * (self._sheet.width - LEFT - RIGHT)
        down = self._sheet.height - BOTTOM - share_y * (self._sheet.height - TOP - BOTTOM)
        return across * self._scale, down * self._scale

    def _text(self, place: tuple[float, float], text: str, anchor: str, colour: str = "", size: int = 13) -> None:
        font = _font(size * self._scale)
        self._draw.text(place, printable(text, SENTENCE), fill=colour or self._sheet.faint, anchor=anchor, font=font)

    def frame(self, title: str, below: str) -> None:
        """Title, grid and numbers."""
        for y in ticks(*self._y):
            start, end = self._at(self._x[0], y), self._at(self._x[1], y)
            self._draw.line([start, end], fill=self._sheet.grid, width=self._scale)
            label = f"{y:.0%}" if self._is_share and self._y[1] - self._y[0] > 0.05 else f"{y:.4g}"
            label = f"{y:.1%}" if self._is_share and self._y[1] - self._y[0] <= 0.05 else label
            self._text((start[0] - 10 * self._scale, start[1]), label, "rm")
        for x in ticks(*self._x, most=10):
            place = self._at(x, self._y[0])
            self._text((place[0], place[1] + 10 * self._scale), f"{x:g}", "mt")
        middle = (LEFT + (self._sheet.width - LEFT - RIGHT) / 2) * self._scale
        self._text((middle, (self._sheet.height - 12) * self._scale), below, "mb")
        self._text((LEFT * self._scale, 18 * self._scale), title, "lt", self._sheet.ink, 17)

    def curve(self, points: Points, colour: str, *, has_dots: bool) -> None:
        """A line through the points; with dots where they are few."""
        places = [self._at(x, y) for x, y in points]
        if len(places) > 1:
            self._draw.line(places, fill=colour, width=2 * self._scale, joint="curve")
        if has_dots and len(places) <= 60:
            for x, y in places:
                radius = 3.5 * self._scale
                self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Names beside short lines in their colours, at the right of the title."""
        x: float = (self._sheet.width - RIGHT) * self._scale
        for name, colour in reversed(entries):
            self._text((x, 28 * self._scale), name, "rm", self._sheet.ink)
            x -= self._draw.textlength(printable(name, SENTENCE), font=_font(13 * self._scale)) + 8 * self._scale
            self._draw.line(
                [(x - 18 * self._scale, 28 * self._scale), (x, 28 * self._scale)], fill=colour, width=3 * self._scale
            )
            x -= 36 * self._scale


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _high(ys: Sequence[float]) -> float:
    """The top of the axis: the largest value, but not the spikes of the first batches."""
    ordered = sorted(ys)
    return max(ordered[min(len(ordered) - 1, int(len(ordered) * 0.995))], 1e-9)

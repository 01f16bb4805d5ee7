"""The curves of a run as a picture: loss and accuracy over the epochs, drawn with Pillow alone."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.files import write_file
from workbench.training.run_folder import RunFolder

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 84, 28, 60, 64
SCALE = 2  # drawn twice as large, for sharp text on dense screens
INK, FAINT, GRID, PAPER = "#1f2328", "#6e7781", "#e4e7ea", "#ffffff"
BLUE, ORANGE, PALE = "#2f6fde", "#d9730d", "#bcd0f7"
MOST_POINTS = 1500


def draw_curves(run: RunFolder) -> Path:
    """Draws the run's events into curves.png in its folder: (1520, 920) for each panel, side by side.

    Raises:
        WriteError: the picture cannot be written.
    """
    from PIL import Image

    steps: list[tuple[float, float]] = []
    epochs: list[dict[str, Any]] = []
    per_epoch = 1
    for event in run.events():
        if event.get("event") == "RunStarted":
            per_epoch = max(1, event["steps_per_epoch"])
        elif event.get("event") == "StepEnded":
            steps.append((event["step"] / per_epoch, event["loss"]))
        elif event.get("event") == "EpochEnded":
            epochs.append(event)
    metric = "accuracy" if any("accuracy" in event["train"] for event in epochs) else "loss"
    panels = [_panel(f"{run.name}: loss", "loss", _thinned(steps), epochs)]
    if metric != "loss":
        panels.append(_panel(f"{run.name}: {metric}", metric, [], epochs))
    picture = Image.new("RGB", (WIDTH * SCALE * len(panels), HEIGHT * SCALE), PAPER)
    for number, panel in enumerate(panels):
        picture.paste(panel, (number * WIDTH * SCALE, 0))
    data = io.BytesIO()
    picture.save(data, "PNG")
    write_file(run.path / "curves.png", [data.getvalue()])
    return run.path / "curves.png"


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most about 1,500 points: the mean of each stretch, so that no single batch stands for many."""
    size = -(-len(points) // MOST_POINTS) or 1
    stretches = [points[i : i + size] for i in range(0, len(points), size)]
    return [(part[-1][0], sum(y for _, y in part) / len(part)) for part in stretches]


def _panel(title: str, metric: str, steps: Points, epochs: list[dict[str, Any]]) -> Any:
    from PIL import Image, ImageDraw

    train = [(event["epoch"], event["train"].get(metric)) for event in epochs]
    validation = [(event["epoch"], event["validation"].get(metric)) for event in epochs]
    curves = [
        ("batches", PALE, steps),
        ("train", BLUE, _finite(train)),
        ("validation", ORANGE, _finite(validation)),
    ]
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    axes = Axes(ImageDraw.Draw(image), [points for _, _, points in curves], is_share=metric == "accuracy")
    axes.frame(title, "epoch")
    for name, colour, points in curves:
        axes.curve(points, colour, has_dots=name != "batches")
    axes.legend([(name, colour) for name, colour, points in curves if points])
    return image


def _finite(points: Sequence[tuple[int, float | None]]) -> list[tuple[float, float]]:
    return [(float(x), y) for x, y in points if y is not None and math.isfinite(y)]


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

    def __init__(self, draw: ImageDraw, curves: Sequence[Points], *, is_share: bool) -> None:
        self._draw = draw
        self._is_share = is_share
        points = [point for curve in curves for point in curve]
        ys = [y for _, y in points] or [0.0, 1.0]
        self._x = (0.0, max([x for x, _ in points] or [1.0]))
        low, high = (min(ys), 1.0) if is_share else (0.0, _high(ys))
        margin = 0.05 * ((high - low) or 1.0)
        self._y = (max(0.0, low - margin), high if is_share else high + margin)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        share_x = (x - self._x[0]) / ((self._x[1] - self._x[0]) or 1.0)
        share_y = (min(y, self._y[1]) - self._y[0]) / ((self._y[1] - self._y[0]) or 1.0)
        across = LEFT + share_x * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - share_y * (HEIGHT - TOP - BOTTOM)
        return across * SCALE, down * SCALE

    def _text(self, place: tuple[float, float], text: str, anchor: str, colour: str = FAINT, size: int = 13) -> None:
        from PIL import ImageFont

        self._draw.text(place, text, fill=colour, anchor=anchor, font=ImageFont.load_default(size * SCALE))

    def frame(self, title: str, below: str) -> None:
        """Title, grid and numbers."""
        for y in ticks(*self._y):
            start, end = self._at(self._x[0], y), self._at(self._x[1], y)
            self._draw.line([start, end], fill=GRID, width=SCALE)
            label = f"{y:.0%}" if self._is_share and self._y[1] - self._y[0] > 0.05 else f"{y:.4g}"
            label = f"{y:.1%}" if self._is_share and self._y[1] - self._y[0] <= 0.05 else label
            self._text((start[0] - 10 * SCALE, start[1]), label, "rm")
        for x in ticks(*self._x, most=10):
            place = self._at(x, self._y[0])
            self._text((place[0], place[1] + 10 * SCALE), f"{x:g}", "mt")
        middle = (LEFT + (WIDTH - LEFT - RIGHT) / 2) * SCALE
        self._text((middle, (HEIGHT - 12) * SCALE), below, "mb")
        self._text((LEFT * SCALE, 18 * SCALE), title, "lt", INK, 17)

    def curve(self, points: Points, colour: str, *, has_dots: bool) -> None:
        """A line through the points; with dots where they are few."""
        places = [self._at(x, y) for x, y in points]
        if len(places) > 1:
            self._draw.line(places, fill=colour, width=2 * SCALE, joint="curve")
        if has_dots and len(places) <= 60:
            for x, y in places:
                radius = 3.5 * SCALE
                self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Names beside short lines in their colours, at the right of the title."""
        x: float = (WIDTH - RIGHT) * SCALE
        for name, colour in reversed(entries):
            self._text((x, 28 * SCALE), name, "rm", INK)
            x -= self._draw.textlength(name, font=_font()) + 8 * SCALE
            self._draw.line([(x - 18 * SCALE, 28 * SCALE), (x, 28 * SCALE)], fill=colour, width=3 * SCALE)
            x -= 36 * SCALE


def _font() -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(13 * SCALE)


def _high(ys: Sequence[float]) -> float:
    """The top of the axis: the largest value, but not the spikes of the first batches."""
    ordered = sorted(ys)
    return max(ordered[min(len(ordered) - 1, int(len(ordered) * 0.995))], 1e-9)

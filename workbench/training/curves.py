"""The curves of a run as a picture: loss and metrics over the epochs, drawn with Pillow alone."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.core.chart import LIGHT, Axes, Points
from workbench.core.files import write_own_file
from workbench.training.metric_names import LOSS, axis_of, beside_loss, unit_of
from workbench.training.metrics.spec import SHARE
from workbench.training.run_folder import RunFolder

BLUE, ORANGE, PALE = "#2f6fde", "#d9730d", "#bcd0f7"
MOST_POINTS = 1500
MOST_METRICS = 3  # of the first, which are those of the loss that counts most


def draw_curves(run: RunFolder) -> Path:
    """Draws the run's events into curves.png in its folder: (1520, 920) for each panel, side by side.

    There is one for the loss, and one for each of the first metrics.

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
    last = {**epochs[-1]["train"], **epochs[-1]["validation"]} if epochs else {}
    panels = [_panel(f"{run.name}: {LOSS}", LOSS, _thinned(steps), epochs)]
    for metric in beside_loss(last)[:MOST_METRICS]:
        panels.append(_panel(f"{run.name}: {axis_of(metric)}", metric, [], epochs))
    picture = Image.new("RGB", (panels[0].width * len(panels), panels[0].height), LIGHT.paper)
    for number, panel in enumerate(panels):
        picture.paste(panel, (number * panel.width, 0))
    data = io.BytesIO()
    picture.save(data, "PNG")
    write_own_file(run.path / "curves.png", [data.getvalue()])
    return run.path / "curves.png"


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most about 1,500 points: the mean of each stretch, so that no single batch stands for many."""
    size = -(-len(points) // MOST_POINTS) or 1
    stretches = [points[i : i + size] for i in range(0, len(points), size)]
    return [(part[-1][0], sum(y for _, y in part) / len(part)) for part in stretches]


def _panel(title: str, metric: str, steps: Points, epochs: list[dict[str, Any]]) -> Any:
    from PIL import ImageDraw

    train = [(event["epoch"], event["train"].get(metric)) for event in epochs]
    validation = [(event["epoch"], event["validation"].get(metric)) for event in epochs]
    curves = [
        ("batches", PALE, steps),
        ("train", BLUE, _finite(train)),
        ("validation", ORANGE, _finite(validation)),
    ]
    image = LIGHT.image()
    axes = Axes(ImageDraw.Draw(image), [points for _, _, points in curves], is_share=unit_of(metric) == SHARE)
    axes.frame(title, "epoch")
    for name, colour, points in curves:
        axes.curve(points, colour, has_dots=name != "batches")
    axes.legend([(name, colour) for name, colour, points in curves if points])
    return image


def _finite(points: Sequence[tuple[int, float | None]]) -> list[tuple[float, float]]:
    return [(float(x), y) for x, y in points if y is not None and math.isfinite(y)]

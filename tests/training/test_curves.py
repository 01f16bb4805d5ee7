"""The picture of a run's curves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageDraw

from tests.training import factories
from workbench.core.chart import LIGHT, Axes, ticks
from workbench.training.curves import BLUE, ORANGE, draw_curves
from workbench.training.run_folder import RunFolder


def run_with(tmp_path: Path, *, metrics: dict[str, float]) -> RunFolder:
    run = RunFolder(tmp_path / "run")
    run.claim({})[1].release()
    rows: list[dict[str, object]] = [factories.row("RunStarted", steps_per_epoch=4)]
    for step in range(1, 9):
        rows.append(factories.row("StepEnded", step=step, loss=2.0 / step))
        if step % 4 == 0:
            values = {"loss": 1.0 / step, **metrics}
            rows.append(factories.row("EpochEnded", epoch=step // 4, train=values, validation=values))
    run.log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return run


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def has_colour(path: Path, colour: str) -> bool:
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return bool((pixels == np.array(ImageColor.getrgb(colour))).all(axis=2).any())


def test_curves_are_in_the_picture(tmp_path: Path) -> None:
    path = draw_curves(run_with(tmp_path, metrics={"accuracy": 0.5}))
    assert size_of(path) == (3040, 920)
    assert has_colour(path, BLUE)
    assert has_colour(path, ORANGE)


@pytest.mark.parametrize(
    ("metrics", "panels"),
    [
        ({}, 1),
        ({"loss.a": 0.5, "loss.b": 0.5}, 1),
        ({"rmse": 0.5, "psnr": 20.0}, 3),
        ({"sharpness": -3.0}, 2),
        ({f"accuracy.{name}": 0.5 for name in "abcdef"}, 4),
    ],
)
def test_each_of_the_first_metrics_has_a_panel(metrics: dict[str, float], panels: int, tmp_path: Path) -> None:
    assert size_of(draw_curves(run_with(tmp_path, metrics=metrics))) == (1520 * panels, 920)


@pytest.mark.parametrize("values", [(-3.0, -1.0), (-0.5, 0.5), (0.0, 25.0), (2.0, 3.0)])
def test_a_metric_is_seen_whatever_its_sign(values: tuple[float, float]) -> None:
    sheet = LIGHT.image()
    axes = Axes(ImageDraw.Draw(sheet), [list(enumerate(values))], is_share=False)
    heights = [axes._at(x, y)[1] for x, y in enumerate(values)]
    assert all(0 <= height <= sheet.height for height in heights)
    assert heights[0] > heights[1]


@pytest.mark.parametrize("rows", [[], [factories.row("RunStarted", steps_per_epoch=4)]])
def test_a_run_without_steps_is_drawn_too(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    run = RunFolder(tmp_path / "run")
    run.claim({})[1].release()
    run.log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert size_of(draw_curves(run))[1] == 920


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.0, 3.0) == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3])
    assert ticks(0.87, 1.0) == pytest.approx([0.9, 0.95, 1.0])
    assert ticks(5.0, 5.0) == [5.0]

"""Numbers at the axes of a chart are round and lie within its range."""

from __future__ import annotations

import pytest

from workbench.core.chart import LIGHT, ticks


@pytest.mark.parametrize(("low", "high", "found"), [
    (0.0, 10.0, [0, 2, 4, 6, 8, 10]), (0.3, 0.8, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]), (5.0, 5.0, [5.0]),
    (-3.0, 3.0, [-3, -2, -1, 0, 1, 2, 3]), (1.0, 1000.0, [200, 400, 600, 800, 1000]),
])  # fmt: skip
def test_ticks_are_round(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(found)


def test_a_sheet_has_its_size_in_pixels() -> None:
    image = LIGHT.image()
    assert image.size == (LIGHT.width * LIGHT.scale, LIGHT.height * LIGHT.scale)
    assert image.getpixel((0, 0)) == (255, 255, 255)

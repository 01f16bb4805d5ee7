"""The level at which a wire passes boxes, also where there are very many of them."""

from __future__ import annotations

import random

import pytest
from PyQt6.QtCore import QPointF, QRectF

from workbench.gui.editor.routing import CLEAR, DETOUR, LANE_APART, _level


def plainly(start: QPointF, end: QPointF, boxes: list[QRectF], row: int) -> float:
    """The same, looked for box by box."""
    away = CLEAR + LANE_APART * row
    heights = [height for box in boxes for height in (box.bottom() + away, box.top() - away)]
    free = [height for height in heights if not any(box.top() < height < box.bottom() for box in boxes)]

    def length(height: float) -> float:
        return abs(height - start.y()) + abs(height - end.y()) + DETOUR * (height < max(start.y(), end.y()))

    return min(free, key=length)


@pytest.mark.parametrize("seed", range(40))
def test_the_level_is_the_nearest_that_is_free(seed: int) -> None:
    chance = random.Random(seed)
    boxes = [QRectF(216.0 * chance.randrange(9), chance.randrange(0, 900, 7), 150, chance.choice((14, 60, 76, 130)))
             for _ in range(chance.randrange(1, 40))]  # fmt: skip
    start, end = QPointF(0, chance.randrange(900)), QPointF(2000, chance.randrange(900))
    row = chance.randrange(3)
    assert _level(start, end, boxes, row) == plainly(start, end, boxes, row)

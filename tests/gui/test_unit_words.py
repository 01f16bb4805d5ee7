"""What is said beside a unit: whether it fires, and that its colours are its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.gui.insight.unit_side import UnitSide, numbers_text
from workbench.gui.widgets.theme import DARK
from workbench.insight.units import UnitDetail

TILE = np.zeros((2, 2, 3), np.uint8)
FIRING = UnitDetail(3, np.array([[0.5, -1.0], [0.0, 2.0]]), TILE, (1, 1), True, TILE, np.ones((1, 2, 2)), TILE)
SILENT = replace(FIRING, values=-np.ones((2, 2)), position=(0, 0))


@pytest.mark.parametrize(("detail", "says"), [(FIRING, "deconvnet, own range"), (SILENT, "does not fire")])
def test_the_way_back_says_whether_there_is_one(qtbot: QtBot, detail: UnitDetail, says: str) -> None:
    side = UnitSide(DARK)
    qtbot.addWidget(side)
    side.show_unit("unit 3", detail)
    assert side.down.caption == says
    assert side.map.caption == "feature map 2×2, own range"
    assert side.filter.caption == "filter", "it has the range of the layer"


@pytest.mark.parametrize(
    ("detail", "ends"),
    [
        (FIRING, "mean 0.375"),
        (SILENT, "does not fire for this picture, so nothing is sent back"),
        (replace(FIRING, position=(0, 1), is_strongest=False), "does not fire there, so nothing is sent back"),
        (replace(SILENT, values=np.array([[-3.0]]), is_score=True), "a score: 1 is sent back, whatever its sign"),
        (replace(SILENT, values=np.array([[-3.0]])), "does not fire for this picture, so nothing is sent back"),
        (replace(SILENT, down=None, down_values=None), "mean -1"),
    ],
)
def test_its_numbers_say_so(detail: UnitDetail, ends: str) -> None:
    assert numbers_text(detail).endswith(ends)

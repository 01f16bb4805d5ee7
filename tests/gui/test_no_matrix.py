"""What stands in the place of a confusion matrix while a network learns that has none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.gui.training.confusion import FIRST, ConfusionMatrix, _count_text
from workbench.gui.training.run_matrix import NO_CLASSES, RunMatrix
from workbench.gui.widgets.theme import LIGHT
from workbench.training.events import EpochEnded


@pytest.mark.parametrize(("validation", "text"), [
    ({"loss": 0.5, "rmse": 0.7}, NO_CLASSES), ({"loss": 0.5, "accuracy": 0.7}, FIRST), ({}, FIRST),
])  # fmt: skip
def test_a_network_that_learns_numbers_says_that_there_is_none(
    qtbot: QtBot, validation: dict[str, float], text: str
) -> None:
    widget, session = ConfusionMatrix(LIGHT), SimpleNamespace()
    qtbot.addWidget(widget)
    unused: Any = session
    RunMatrix(unused, widget).show_epoch(EpochEnded(1, 8, {"loss": 0.6}, validation, 0.01, True, 1.0, {}))
    assert widget.empty_text == text


@pytest.mark.parametrize(("count", "width", "text"), [
    (781_432, 200, "781432"), (781_432, 34, "781k"), (1_560_000, 38, "1.6M"), (999_700, 38, "1.0M"), (523, 8, "…"),
    (9_999, 200, "9999"),
])  # fmt: skip
def test_counts_are_as_long_as_there_is_room(qtbot: QtBot, count: int, width: int, text: str) -> None:
    widget = ConfusionMatrix(LIGHT)
    qtbot.addWidget(widget)
    assert _count_text(count, widget.fontMetrics(), width) == text


def test_pixels_lead_to_no_samples(qtbot: QtBot) -> None:
    widget = ConfusionMatrix(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(300, 300)
    chosen: list[tuple[int, int]] = []
    widget.cell_chosen.connect(lambda row, column: chosen.append((row, column)))
    for is_of_pixels in (True, False):
        widget.show_counts(np.array([[4, 1], [0, 5]]), ("a", "b"), is_of_pixels=is_of_pixels)
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        assert chosen == ([] if is_of_pixels else [(0, 0)])

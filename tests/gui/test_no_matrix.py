"""What stands in the place of a confusion matrix while a network learns that has none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from workbench.gui.training.confusion import FIRST, ConfusionMatrix
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
